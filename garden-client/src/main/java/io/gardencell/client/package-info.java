/**
 * A Garden client in Java: every call of the API, and the streams of a process.
 *
 * <p>Depends on {@link io.gardencell.api} only, never on a server or a plugin.
 */
@NullMarked
package io.gardencell.client;

import org.jspecify.annotations.NullMarked;
