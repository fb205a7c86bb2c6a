package io.gardencell.api.spi;

/**
 * Something that happened to a container.
 *
 * @param handle container handle
 * @param text for the container's event list, for example {@link #OUT_OF_MEMORY}
 */
public record ContainerEvent(String handle, String text) {

  /** The text Diego looks for. */
  public static final String OUT_OF_MEMORY = "Out of memory";
}
