/**
 * HTTP/1.1 on Netty: connections, requests, answers, hijacked connections and the server's life;
 * start at {@link io.gardencell.server.http.GardenServer}.
 *
 * <p>Event loops only decode, encode and copy; handlers run on a bounded pool. Knows the stream
 * engine, and nothing of containers.
 */
@NullMarked
package io.gardencell.server.http;

import org.jspecify.annotations.NullMarked;
