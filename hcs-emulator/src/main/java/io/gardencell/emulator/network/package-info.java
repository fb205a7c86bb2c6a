/**
 * HNS of the emulated host: networks and endpoints as documents in files, adapters derived from
 * them, and the forwarding of mapped host ports. Start at {@link
 * io.gardencell.emulator.network.EmulatedEndpoints}.
 */
@NullMarked
package io.gardencell.emulator.network;

import org.jspecify.annotations.NullMarked;
