/**
 * Files that must be whole after a crash, the removal of trees that hold links, and what streams of
 * bytes have in common.
 */
@NullMarked
package io.gardencell.api.files;

import org.jspecify.annotations.NullMarked;
