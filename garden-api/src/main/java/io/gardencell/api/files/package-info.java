/** Files that must be whole after a crash, and the removal of trees that hold links. */
@NullMarked
package io.gardencell.api.files;

import org.jspecify.annotations.NullMarked;
