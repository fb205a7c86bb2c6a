/**
 * Files that must be whole after a crash, the removal of trees that hold links, what streams of
 * bytes have in common, and the bounds of archives that strangers made.
 */
@NullMarked
package io.gardencell.api.files;

import org.jspecify.annotations.NullMarked;
