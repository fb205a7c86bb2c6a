/**
 * What is on disk about containers and their processes; start at {@link Depot}.
 *
 * <p>Here belongs what a file or directory of the depot is called, what is in it, and how it is
 * written so that a crash leaves the old one or the new one. Who is using a container, and what a
 * file that is missing means for it, does not. Knows the API and no other package of the server.
 */
@NullMarked
package io.gardencell.server.depot;

import org.jspecify.annotations.NullMarked;
