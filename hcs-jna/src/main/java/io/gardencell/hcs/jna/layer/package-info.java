/**
 * Layers: their life over vmcompute.dll ({@link io.gardencell.hcs.jna.layer.JnaLayers}), and the
 * files in them, opened below a directory handle so that no link leads out ({@link
 * io.gardencell.hcs.jna.layer.JnaLayerFiles}).
 *
 * <p>Any thread, except that a folder or file once open is for one thread at a time.
 */
@NullMarked
package io.gardencell.hcs.jna.layer;

import org.jspecify.annotations.NullMarked;
