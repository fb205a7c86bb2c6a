package io.gardencell.acceptance;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;

/**
 * One architecture rule, with arrows between packages that it must report and arrows close to them
 * that it must leave alone.
 */
record Law(String title, ArchRule rule, List<Arrow> forbidden, List<Arrow> allowed) {

  private static final DescribedPredicate<JavaClass> OURS = resideInAPackage("io.gardencell..");

  /** The real host's implementation: found by ServiceLoader, named by nobody. */
  private static final DescribedPredicate<JavaClass> BINDING = within("hcs.jna");

  private static final DescribedPredicate<JavaClass> HOST_PORTS = within("hcs").and(not(BINDING));

  private static final DescribedPredicate<JavaClass> COMMANDS =
      within("runtime.command", "network.command", "image.command");

  static List<Law> all() {
    return List.of(
        noDependency(
                "JNA stays in hcs.jna and in the emulator's binding to the C library",
                not(within("hcs.jna", "emulator.posix")),
                resideInAPackage("com.sun.jna.."))
            .forbids("hcs > com.sun.jna", "emulator > com.sun.jna.ptr", "image > com.sun.jna")
            .allows("hcs.jna > com.sun.jna", "emulator.posix > com.sun.jna"),
        noDependency(
                "Netty stays in the server", not(within("server")), resideInAPackage("io.netty.."))
            .forbids("api > io.netty.buffer", "client > io.netty.channel")
            .allows("server.stream > io.netty.buffer"),
        noDependency("the api knows nobody of ours", within("api"), OURS.and(not(within("api"))))
            .forbids("api > hcs", "api.spi > server", "api.oci > runtime")
            .allows("api.spi > api"),
        noDependency(
                "the host ports know nobody of ours, not even their binding",
                HOST_PORTS,
                OURS.and(not(HOST_PORTS)))
            .forbids("hcs > hcs.jna", "hcs.document > api", "hcs > emulator")
            .allows("hcs > hcs.document", "hcs.jna > hcs"),
        noDependency("nobody names the binding", not(BINDING), BINDING)
            .forbids("server > hcs.jna", "emulator > hcs.jna", "runtime > hcs.jna")
            .allows("server > hcs"),
        noDependency("the binding knows the host ports only", BINDING, OURS.and(not(within("hcs"))))
            .forbids("hcs.jna > api", "hcs.jna > emulator")
            .allows("hcs.jna > hcs.document"),
        knowsOnlyOf("hcs.jna", "hcs.jna.win32")
            .forbids("hcs.jna.win32 > hcs.jna.compute")
            .allows("hcs.jna.win32 > hcs"),
        knowsOnlyOf("hcs.jna", "hcs.jna.stdio", "hcs.jna.win32")
            .forbids("hcs.jna.stdio > hcs.jna.compute")
            .allows("hcs.jna.stdio > hcs.jna.win32"),
        knowsOnlyOf("hcs.jna", "hcs.jna.compute", "hcs.jna.stdio", "hcs.jna.win32")
            .forbids("hcs.jna.compute > hcs.jna.layer", "hcs.jna.compute > hcs.jna")
            .allows("hcs.jna.compute > hcs.jna.stdio"),
        knowsOnlyOf("hcs.jna", "hcs.jna.network", "hcs.jna.win32")
            .forbids("hcs.jna.network > hcs.jna.compute")
            .allows("hcs.jna.network > hcs.jna.win32"),
        knowsOnlyOf("hcs.jna", "hcs.jna.layer", "hcs.jna.win32")
            .forbids("hcs.jna.layer > hcs.jna.volume")
            .allows("hcs.jna.layer > hcs.jna.win32"),
        knowsOnlyOf("hcs.jna", "hcs.jna.volume", "hcs.jna.win32")
            .forbids("hcs.jna.volume > hcs.jna.layer", "hcs.jna.volume > hcs.jna.stdio")
            .allows("hcs.jna.volume > hcs.jna.win32"),
        knowsOnly("emulator", HOST_PORTS)
            .forbids("emulator > api", "emulator > runtime", "emulator.posix > hcs.jna")
            .allows("emulator > hcs", "emulator > emulator.posix"),
        knowsOnly("runtime", within("api").or(HOST_PORTS))
            .forbids("runtime > network", "runtime > emulator", "runtime > server")
            .allows("runtime > api.oci", "runtime > hcs"),
        knowsOnly("network", within("api").or(HOST_PORTS))
            .forbids("network > image", "network > emulator", "network > server")
            .allows("network > api.spi", "network > hcs"),
        knowsOnly("image", within("api").or(HOST_PORTS))
            .forbids("image > runtime", "image.layer > emulator", "image > server")
            .allows("image > image.layer", "image > hcs"),
        noDependency(
                "no plugin knows its command",
                within("runtime", "network", "image").and(not(COMMANDS)),
                COMMANDS)
            .forbids("image > image.command", "runtime.oci > runtime.command")
            .allows("image.command > image", "network.command > network"),
        knowsOnlyOf("image", "image.trace", "image.source")
            .forbids("image.trace > image.command", "image.trace > image")
            .allows("image.trace > image.source"),
        noDependency(
                "below its composition root the server knows the api only",
                resideInAPackage("io.gardencell.server.(*).."),
                OURS.and(not(within("server", "api"))))
            .forbids("server.route > hcs", "server.stream > image", "server.external > network")
            .allows("server > runtime", "server.route > server.stream", "server.route > api"),
        noDependency(
                "the server knows no emulator and no client",
                within("server"),
                within("emulator", "client", "cli", "acceptance"))
            .forbids("server > emulator", "server.route > client")
            .allows("server > hcs", "server > network"),
        knowsOnlyOf("server", "server.flag")
            .forbids("server.flag > server.gardener", "server.flag > server")
            .allows("server.flag > api", "server > server.flag"),
        knowsOnlyOf("server", "server.depot")
            .forbids("server.depot > server.cell", "server.depot > server.log")
            .allows("server.depot > api.files"),
        knowsOnlyOf("server", "server.cell", "server.depot", "server.stream", "server.log")
            .forbids("server.cell > server.process", "server.cell > server.gardener")
            .allows("server.cell > server.depot", "server.cell > api"),
        knowsOnlyOf(
                "server",
                "server.process",
                "server.cell",
                "server.depot",
                "server.files",
                "server.stream",
                "server.log")
            .forbids("server.process > server.gardener", "server.process > server.route")
            .allows("server.process > server.cell", "server.process > server.stream"),
        noDependency(
                "requests reach containers through the routes' interfaces",
                within("server.http", "server.route", "server.operations", "server.stream"),
                within("server.gardener", "server.process", "server.cell", "server.depot"))
            .forbids("server.route > server.gardener", "server.operations > server.cell")
            .allows("server.route > server.stream", "server.gardener > server.route"),
        noDependency(
                "what the server runs in process starts no program",
                within("runtime", "network", "image", "hcs"),
                belongToAnyOf(ProcessBuilder.class, Process.class))
            .forbids("runtime > java.lang.ProcessBuilder", "hcs.jna > java.lang.Process")
            .allows("runtime > java.lang.ProcessHandle", "server.external > java.lang.Process"),
        knowsOnly("client", within("api"))
            .forbids("client > cli", "client > server")
            .allows("client > api"),
        knowsOnly("cli", within("api", "client"))
            .forbids("cli > server", "cli > hcs")
            .allows("cli > client"),
        new Law(
            "packages have no cycles",
            slices().matching("io.gardencell.(**)").should().beFreeOfCycles(),
            arrows("runtime > runtime.oci", "runtime.oci > runtime"),
            arrows("network > network.rules")));
  }

  private static Law knowsOnly(String module, DescribedPredicate<JavaClass> others) {
    return noDependency(
        module + " knows " + others.getDescription() + " only",
        within(module),
        OURS.and(not(within(module))).and(not(others)));
  }

  private static Law knowsOnlyOf(String whole, String part, String... others) {
    return noDependency(
        part + " knows of the rest of " + whole + " only " + List.of(others),
        within(part),
        within(whole).and(not(within(part))).and(not(within(others))));
  }

  private static Law noDependency(
      String title, DescribedPredicate<JavaClass> from, DescribedPredicate<JavaClass> to) {
    return new Law(
        title,
        noClasses().that(from).should().dependOnClassesThat(to).as(title),
        List.of(),
        List.of());
  }

  private static DescribedPredicate<JavaClass> within(String... packages) {
    String[] patterns =
        Stream.of(packages).map(name -> "io.gardencell." + name + "..").toArray(String[]::new);
    return resideInAnyPackage(patterns).as("%s", String.join(", ", packages));
  }

  private Law forbids(String... arrows) {
    return new Law(title, rule, arrows(arrows), allowed);
  }

  private Law allows(String... arrows) {
    return new Law(title, rule, forbidden, arrows(arrows));
  }

  private static List<Arrow> arrows(String... arrows) {
    return Stream.of(arrows).map(Arrow::parse).toList();
  }

  @Override
  public String toString() {
    return title;
  }
}
