package io.gardencell.runtime.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Objects of the specification with members that must not be empty, in declaration order. */
record OciShape(String name, List<Part> parts) {

  static final OciShape SPEC =
      shape(
          "Spec",
          must("ociVersion", "Version"),
          in(
              "process",
              shape(
                  "Process",
                  must("cwd", "Cwd"),
                  in("rlimits", shape("POSIXRlimit", must("type", "Type"))),
                  in("scheduler", shape("Scheduler", must("policy", "Policy"))),
                  in("ioPriority", shape("LinuxIOPriority", must("class", "Class"))))),
          in("root", shape("Root", must("path", "Path"))),
          in("mounts", shape("Mount", must("destination", "Destination"))),
          in(
              "hooks",
              shape(
                  "Hooks",
                  in("prestart", hook()),
                  in("createRuntime", hook()),
                  in("createContainer", hook()),
                  in("startContainer", hook()),
                  in("poststart", hook()),
                  in("poststop", hook()))),
          in(
              "linux",
              shape(
                  "Linux",
                  in(
                      "resources",
                      shape(
                          "LinuxResources",
                          in(
                              "hugepageLimits",
                              shape("LinuxHugepageLimit", must("pageSize", "Pagesize"))),
                          in(
                              "network",
                              shape(
                                  "LinuxNetwork",
                                  in(
                                      "priorities",
                                      shape("LinuxInterfacePriority", must("name", "Name"))))))),
                  in("namespaces", shape("LinuxNamespace", must("type", "Type"))),
                  in("devices", shape("LinuxDevice", must("path", "Path"), must("type", "Type"))),
                  in(
                      "seccomp",
                      shape(
                          "LinuxSeccomp",
                          must("defaultAction", "DefaultAction"),
                          in(
                              "syscalls",
                              shape(
                                  "LinuxSyscall",
                                  must("names", "Names"),
                                  must("action", "Action"),
                                  in("args", shape("LinuxSeccompArg", must("op", "Op"))))))),
                  in("personality", shape("LinuxPersonality", must("domain", "Domain"))))),
          in(
              "windows",
              shape(
                  "Windows",
                  must("layerFolders", "LayerFolders"),
                  in(
                      "devices",
                      shape("WindowsDevice", must("id", "ID"), must("idType", "IDType"))))),
          in(
              "vm",
              shape(
                  "VM",
                  in("hypervisor", shape("VMHypervisor", must("path", "Path"))),
                  in("kernel", shape("VMKernel", must("path", "Path"))),
                  in("image", shape("VMImage", must("path", "Path"), must("format", "Format"))))),
          in("zos", shape("ZOS", in("namespaces", shape("ZOSNamespace", must("type", "Type"))))));

  /** One member: mandatory itself, or an object or list of objects to look into. */
  record Part(String key, String field, List<OciShape> inner) {}

  void check(JsonNode object, List<String> findings) {
    for (Part part : parts) {
      JsonNode value = JsonMembers.member(object, part.key());
      if (part.inner().isEmpty()) {
        if (value.isContainerNode()
            ? value.isEmpty()
            : value.asText().isEmpty() || value.isNull()) {
          findings.add("'%s.%s' should not be empty".formatted(name, part.field()));
        }
      } else if (value.isObject()) {
        part.inner().get(0).check(value, findings);
      } else if (value.isArray()) {
        value.forEach(item -> part.inner().get(0).check(item, findings));
      }
    }
  }

  private static OciShape shape(String name, Part... parts) {
    return new OciShape(name, List.of(parts));
  }

  private static OciShape hook() {
    return shape("Hook", must("path", "Path"));
  }

  private static Part must(String key, String field) {
    return new Part(key, field, List.of());
  }

  private static Part in(String key, OciShape inner) {
    return new Part(key, "", List.of(inner));
  }
}
