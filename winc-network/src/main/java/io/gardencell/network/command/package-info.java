/**
 * The command {@code winc-network}: flags, documents of the plugin protocol and log as
 * winc-network.exe has them; start at {@link io.gardencell.network.command.WincNetworkCommand}.
 *
 * <p>Knows the plugin, which does not know it. One run, one thread; the log may be told from any.
 */
@NullMarked
package io.gardencell.network.command;

import org.jspecify.annotations.NullMarked;
