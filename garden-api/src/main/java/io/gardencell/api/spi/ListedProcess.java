package io.gardencell.api.spi;

import java.time.Instant;

/**
 * A process that the host lists for a container.
 *
 * @param pid on the host
 * @param image file name of its program, for example {@code cmd.exe}
 * @param started when it was started, by the host's clock
 */
public record ListedProcess(long pid, String image, Instant started) {}
