/**
 * The host a Windows cell runs on, in HCS's and HNS's own nouns: compute systems, processes,
 * networks, endpoints, layers and quotas, with their JSON documents as records.
 *
 * <p>No JNA type, pointer or HRESULT shows here; failures are {@code HcsException}. Hosts are found
 * through {@link java.util.ServiceLoader}. May not depend on {@code io.gardencell.hcs.jna} nor on
 * any other module of ours.
 *
 * <p>One package although it is large: it is all that the modules above see of a host, one
 * interface for each kind of thing, with the values they take and give. Any thread may call, and
 * waits for the host; what is for one thread at a time, like an open layer folder, says so.
 */
@NullMarked
package io.gardencell.hcs;

import org.jspecify.annotations.NullMarked;
