/**
 * The image plugin: the layer store, sandbox layers and disk quota; start at {@link
 * io.gardencell.image.GrootImage}. Any thread; calls block.
 *
 * <p>The store's classes stay beside the pull and the plugin: nearly all of them are called from
 * there and would have to be public in a package of their own. What stands on its own is below:
 * {@code source} and {@code registry} say what an image is and where it comes from, {@code layer}
 * unpacks, {@code trace} tells what happens, and {@code command}, which alone looks up at this
 * package, is {@code groot}. Reaches the host only through {@link io.gardencell.hcs} and knows
 * nothing of HTTP, networks or processes.
 */
@NullMarked
package io.gardencell.image;

import org.jspecify.annotations.NullMarked;
