/**
 * Image sources: OCI layouts, registries, tar files and the built-in base; start at {@link
 * io.gardencell.image.registry.ImageSources}.
 *
 * <p>Knows nothing of layer folders, volumes or commands.
 */
@NullMarked
package io.gardencell.image.registry;

import org.jspecify.annotations.NullMarked;
