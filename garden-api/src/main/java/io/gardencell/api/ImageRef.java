package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Where a root file system comes from.
 *
 * @param password never logged
 */
public record ImageRef(
    @JsonProperty("uri") String uri,
    @JsonProperty("username") String username,
    @JsonProperty("password") String password) {

  public ImageRef {
    uri = Absent.text(uri);
    username = Absent.text(username);
    password = Absent.text(password);
  }

  /** The empty object of the wire. */
  public static final ImageRef NONE = new ImageRef("", "", "");

  /** Whether no field is set. */
  @JsonIgnore
  public boolean isEmpty() {
    return uri.isEmpty() && username.isEmpty() && password.isEmpty();
  }

  /** Without the credentials. */
  @Override
  public String toString() {
    return "ImageRef[uri=" + uri + "]";
  }
}
