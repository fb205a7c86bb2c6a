package io.gardencell.hcs;

/**
 * A process of the host.
 *
 * @param pid its number
 * @param creationTime FILETIME: 100 ns since 1601-01-01 UTC
 * @param running false once it has an exit code
 */
public record HostProcess(long pid, long creationTime, boolean running) {}
