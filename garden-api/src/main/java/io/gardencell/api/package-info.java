/**
 * Garden's wire in Java: the values that requests and answers carry, and the errors a client can be
 * told.
 *
 * <p>Values are records that cannot be wrong once built; any thread. Depends on Jackson and on
 * nothing of ours; every other module may depend on it.
 *
 * <p>One package although it is large: it is the wire's vocabulary, most of it small records. The
 * readers that {@link io.gardencell.api.WireJson} is made of ({@code ...Reader}, {@code Wire...})
 * are private to it; in a package of their own they would have to be public, because nearly every
 * record checks its numbers and its absent members with them.
 */
@NullMarked
package io.gardencell.api;

import org.jspecify.annotations.NullMarked;
