/**
 * What an image is, wherever it comes from: manifests, platforms, digests, verified layer streams;
 * and the sources that need no network (OCI layouts, tar files, directories, the built-in base). A
 * package of its own so that {@code registry} can speak of images without knowing the other
 * sources.
 *
 * <p>Knows nothing of layer folders, volumes or commands.
 */
@NullMarked
package io.gardencell.image.source;

import org.jspecify.annotations.NullMarked;
