package io.gardencell.api.spi;

/**
 * Disk usage in bytes.
 *
 * @param totalBytes image and own files
 * @param exclusiveBytes what the container itself wrote
 */
public record DiskUsage(long totalBytes, long exclusiveBytes) {}
