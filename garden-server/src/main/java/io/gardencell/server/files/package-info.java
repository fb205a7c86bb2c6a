/**
 * Files in and out of a container, as tar streams; start at {@link ContainerRoot}.
 *
 * <p>A package of its own because everything here handles names that clients and containers chose:
 * paths are resolved element by element inside the container's root and links are never followed.
 * Knows nothing of the Gardener or of HTTP. Blocks; worker threads only.
 */
@NullMarked
package io.gardencell.server.files;

import org.jspecify.annotations.NullMarked;
