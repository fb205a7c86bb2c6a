package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.ContainerMetricsEntry;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.Metrics;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.WireJson;
import io.gardencell.client.GardenClient;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Asks as the executor of a Diego cell does, with its bodies (cloudfoundry/executor:
 * depot/containerstore, depot/steps).
 *
 * @param image of its apps and checks
 * @param credentials the folder that it mounts into each of them
 */
record DiegoExecutor(GardenClient client, String image, Path credentials) {

  RemoteContainer create(String json) throws IOException {
    return client.create(
        WireJson.decode(json.getBytes(StandardCharsets.UTF_8), ContainerSpec.class));
  }

  RemoteContainer createApp(String handle) throws IOException {
    return create(
        """
        {"handle":"%s","image":{"uri":"%s"},
         "bind_mounts":[{"src_path":"%s","dst_path":"/etc/cf-instance-credentials"}],
         "properties":{"executor:owner":"executor",
          "log_config":"{\\"guid\\":\\"app-1\\",\\"index\\":0}",
          "network.app_id":"app-1","network.ports":"8080"},
         "env":["LANG=en_US.UTF-8"],
         "limits":{"bandwidth_limits":{},"cpu_limits":{"limit_in_shares":100},
          "disk_limits":{"inode_hard":200000,"byte_hard":1073742824},
          "memory_limits":{"limit_in_bytes":268435456},"pid_limits":{}},
         "netout_rules":[{"networks":[{"start":"0.0.0.0","end":"9.255.255.255"}]},
          {"protocol":1,"networks":[{"start":"169.254.0.2","end":"169.254.0.2"}],
           "ports":[{"start":53,"end":53}],"log":true},
          {"protocol":3,"networks":[{"start":"10.0.0.0","end":"10.255.255.255"}],
           "icmps":{"code":0}},
          {"protocol":4,"networks":[{"start":"2001:db8::1","end":"2001:db8::1"}],
           "icmps":{"type":1,"code":0}}],
         "netin":[{"host_port":0,"container_port":8080},
          {"host_port":0,"container_port":61001}]}
        """
            .formatted(handle, image, credentials));
  }

  RemoteProcess run(RemoteContainer container, String id, String script) throws IOException {
    return container.run(
        WireJson.decode(
            """
            {%s"path":"sh","args":["-c","%s"],"rlimits":{"nofile":1024},"image":{}}
            """
                .formatted(id.isEmpty() ? "" : "\"id\":\"" + id + "\",", script)
                .getBytes(StandardCharsets.UTF_8),
            ProcessSpec.class));
  }

  /** As checks and the proxy are started: an image and mounts of their own, limits or none. */
  RemoteProcess runBeside(RemoteContainer container, String id, String limits, String script)
      throws IOException {
    return container.run(
        WireJson.decode(
            """
            {"id":"%s","path":"sh","args":["-c","%s"],"rlimits":{"nofile":1024},%s
             "image":{"uri":"%s"},
             "bind_mounts":[{"src_path":"%s","dst_path":"/etc/cf-instance-credentials"}]}
            """
                .formatted(id, script, limits, image, credentials)
                .getBytes(StandardCharsets.UTF_8),
            ProcessSpec.class));
  }

  static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(calls.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> call : clients.invokeAll(calls)) {
        results.add(call.get());
      }
      return results;
    } finally {
      clients.shutdownNow();
    }
  }

  Metrics metrics(String handle) throws IOException {
    ContainerMetricsEntry entry =
        Objects.requireNonNull(client.bulkMetrics(List.of(handle)).get(handle), handle);
    assertThat(entry.err()).isNull();
    return entry.metrics();
  }
}
