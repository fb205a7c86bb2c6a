/**
 * The host a Windows cell runs on, in HCS's and HNS's own nouns: compute systems, processes,
 * networks, endpoints, layers and quotas, with their JSON documents as records.
 *
 * <p>No JNA type, pointer or HRESULT shows here; failures are {@code HcsException}. Hosts are found
 * through {@link java.util.ServiceLoader}. May not depend on {@code io.gardencell.hcs.jna} nor on
 * any other module of ours.
 */
@NullMarked
package io.gardencell.hcs;

import org.jspecify.annotations.NullMarked;
