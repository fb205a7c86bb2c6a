/**
 * Garden's wire in Java: the values that requests and answers carry, and the errors a client can be
 * told.
 *
 * <p>Values are records that cannot be wrong once built. Depends on Jackson's annotations and on
 * nothing of ours; every other module may depend on it.
 */
@NullMarked
package io.gardencell.api;

import org.jspecify.annotations.NullMarked;
