package io.gardencell.server.files;

import java.io.IOException;

/** A path leads through a link, which the container may have planted. */
final class LinkNotFollowed extends IOException {

  private static final long serialVersionUID = 1L;

  LinkNotFollowed(String name) {
    super(name + " is a link, not followed");
  }
}
