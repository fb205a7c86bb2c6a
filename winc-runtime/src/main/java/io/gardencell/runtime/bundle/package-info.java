/**
 * OCI bundles and processes, read and checked as the reference does; start at {@link Bundle}. Knows
 * nothing of the host. Public for the packages beside it, of no concern to other modules.
 */
@NullMarked
package io.gardencell.runtime.bundle;

import org.jspecify.annotations.NullMarked;
