/**
 * Images in registries: the pull half of the distribution protocol; start at {@link
 * io.gardencell.image.registry.RegistrySource}.
 *
 * <p>Knows nothing of layer folders, volumes or commands.
 */
@NullMarked
package io.gardencell.image.registry;

import org.jspecify.annotations.NullMarked;
