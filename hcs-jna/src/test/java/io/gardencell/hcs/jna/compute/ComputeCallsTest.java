package io.gardencell.hcs.jna.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemQuery;
import io.gardencell.hcs.jna.ScriptedLibrary;
import io.gardencell.hcs.jna.stdio.CompletionPort;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import io.gardencell.hcs.jna.win32.NtDll;
import io.gardencell.hcs.jna.win32.Ole32;
import io.gardencell.hcs.jna.win32.Wide;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the functions of vmcompute.dll are used; the DLL is answered for, so this runs anywhere. */
class ComputeCallsTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Pointer SYSTEM = Pointer.createConstant(0x51);
  private static final Pointer PROCESS = Pointer.createConstant(0x52);
  private static final Pointer REGISTRATION = Pointer.createConstant(0x53);

  private final ScriptedLibrary<VmCompute> vmcompute = new ScriptedLibrary<>(VmCompute.class);
  private final ScriptedLibrary<Kernel32> kernel32 = new ScriptedLibrary<>(Kernel32.class);
  private final ScriptedLibrary<Ole32> ole32 = new ScriptedLibrary<>(Ole32.class);
  private final List<Pointer> freed = new ArrayList<>();
  private final List<Registered> registered = new ArrayList<>();
  private CompletionPort pipes;
  private ComputeCalls calls;
  private JnaCompute compute;

  private record Registered(VmCompute.NotificationCallback callback, Pointer context) {

    void tell(int type, int status) {
      callback.callback(type, context, status, null);
    }
  }

  @BeforeEach
  void answer() {
    ole32.on(
        "CoTaskMemFree",
        arguments -> {
          freed.add((Pointer) arguments[0]);
          return true;
        });
    kernel32.on("FormatMessageW", arguments -> 0);
    kernel32.on("CreateIoCompletionPort", arguments -> Pointer.createConstant(0x54));
    vmcompute.on("HcsCreateComputeSystem", handle(3, SYSTEM, HcsErrors.OPERATION_PENDING));
    vmcompute.on("HcsOpenComputeSystem", handle(1, SYSTEM, 0));
    vmcompute.on("HcsStartComputeSystem", arguments -> HcsErrors.OPERATION_PENDING);
    Function<Object[], Object> register =
        arguments -> {
          ((PointerByReference) arguments[3]).setValue(REGISTRATION);
          registered.add(
              new Registered(
                  (VmCompute.NotificationCallback) arguments[1], (Pointer) arguments[2]));
          return 0;
        };
    vmcompute.on("HcsRegisterComputeSystemCallback", register);
    vmcompute.on("HcsRegisterProcessCallback", register);
    var failures = new Failures(kernel32.dll(), ole32.dll());
    pipes = new CompletionPort(kernel32.dll(), failures);
    calls =
        new ComputeCalls(
            vmcompute.dll(), failures, new Notifications(Runnable::run), pipes, Runnable::run);
    var ntdll = new ScriptedLibrary<>(NtDll.class).on("NtOpenJobObject", arguments -> -1);
    compute = new JnaCompute(calls, new SiloJob(ntdll.dll(), kernel32.dll()));
  }

  @AfterEach
  void closePort() {
    pipes.close();
  }

  private static Function<Object[], Object> handle(int at, Pointer value, int code) {
    return arguments -> {
      ((PointerByReference) arguments[at]).setValue(value);
      return code;
    };
  }

  private Registered last() {
    return registered.get(registered.size() - 1);
  }

  private ComputeSystem open() {
    return compute.open("web");
  }

  // hcs-abi.md §18 case 3
  @Test
  void bothResultStringsOfAFailureAreFreedOnce() {
    List<Memory> given = new ArrayList<>();
    vmcompute.on(
        "HcsGetComputeSystemProperties",
        arguments -> {
          given.add(vmcompute.give(arguments[2], "{}"));
          given.add(vmcompute.give(arguments[3], "{\"ErrorEvents\":[{\"Message\":\"broken\"}]}"));
          return 0x80070005;
        });

    assertThatThrownBy(open()::properties)
        .isInstanceOfSatisfying(
            HcsException.class,
            e -> {
              assertThat(e.code()).isEqualTo(5);
              assertThat(e.events()).containsExactly("[Event Detail: broken]");
            });
    assertThat(freed).containsExactlyInAnyOrderElementsOf(given);
  }

  // hcs-abi.md §18 case 3
  @Test
  void outputsThatAreAbsentAreTolerated() {
    vmcompute.on("HcsGetComputeSystemProperties", arguments -> 0x80070005);

    assertThatThrownBy(open()::properties).hasMessage("Access is denied.");
    assertThat(freed).isEmpty();
    vmcompute.on("HcsGetComputeSystemProperties", arguments -> 0);
    assertThatThrownBy(open()::properties).hasMessageContaining("unexpected value returned");
  }

  // hcs-abi.md §18 cases 10 and 11: it may come before the registration has returned
  @Test
  void aNotificationBeforeTheRegistrationReturnsIsNotLost() {
    completeCreation(0);

    try (ComputeSystem system = create(LIMIT)) {
      assertThat(system.id()).isEqualTo("web");
    }
    completeCreation(0x80070005);
    assertThatThrownBy(() -> create(LIMIT))
        .isInstanceOfSatisfying(HcsException.class, e -> assertThat(e.code()).isEqualTo(5));
    assertThat(calls.notifications().size()).isZero();
  }

  private void completeCreation(int status) {
    vmcompute.on(
        "HcsRegisterComputeSystemCallback",
        arguments -> {
          ((VmCompute.NotificationCallback) arguments[1])
              .callback(2, (Pointer) arguments[2], status, Wide.memory("{}"));
          return 0;
        });
  }

  private ComputeSystem create(Duration limit) {
    return compute.create("web", SystemDocument.container().build(), limit);
  }

  // hcs-abi.md §18 case 10: an unknown key is ignored
  @Test
  void aNotificationForNobodyIsIgnored() {
    ComputeSystem system = open();
    Registered known = last();

    new Registered(known.callback(), Pointer.createConstant(4711)).tell(1, 0);
    assertThat(system.exited()).isNotDone();
    known.tell(1, 0xC0370106);
    assertThat(system.exited().join().status()).isEqualTo(HcsErrors.UNEXPECTED_EXIT);
    system.close();
    known.tell(1, 0);
  }

  // hcs-abi.md §4 rule 5 and §2: a system that did not complete in time is ended and closed
  @Test
  void aCreationThatTakesTooLongIsUndone() {
    assertThatThrownBy(() -> create(SHORT))
        .isInstanceOfSatisfying(
            HcsException.class, e -> assertThat(e.code()).isEqualTo(HcsErrors.TIMEOUT));

    assertThat(vmcompute.calls())
        .containsExactly(
            "HcsCreateComputeSystem",
            "HcsRegisterComputeSystemCallback",
            "HcsTerminateComputeSystem",
            "HcsUnregisterComputeSystemCallback",
            "HcsCloseComputeSystem");
    assertThat(calls.notifications().size()).isZero();
  }

  // hcs-abi.md §4: whichever comes first ends the wait for a start
  @Test
  void aSystemThatExitsWhileItStartsFailsTheStart() {
    ComputeSystem system = open();
    vmcompute.on(
        "HcsStartComputeSystem",
        arguments -> {
          last().tell(1, 0xC0370106);
          return HcsErrors.OPERATION_PENDING;
        });
    assertThatThrownBy(() -> system.start(LIMIT)).hasMessageContaining("unexpected container exit");

    last().tell(3, 0);
    system.start(LIMIT);
  }

  // hcs-abi.md §18 case 14 and §4 rule 6
  @Test
  void theLossOfTheServiceEndsEveryWait() {
    ComputeSystem system = open();

    last().tell(0x01000000, 0);

    assertThatThrownBy(() -> system.start(LIMIT))
        .hasMessageContaining("lost communication with compute service");
    assertThatThrownBy(system.exited()::join).isInstanceOf(CompletionException.class);
  }

  // hcs-abi.md §18 case 15, §17.2: a failed registration leaves nothing either
  @Test
  void thousandsOfRegistrationsLeaveNothing() {
    for (int i = 0; i < 5000; i++) {
      open().close();
    }
    vmcompute.on("HcsRegisterComputeSystemCallback", arguments -> 0xC0370104);
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(this::open).isInstanceOf(HcsException.class);
    }

    assertThat(calls.notifications().size()).isZero();
    assertThat(vmcompute.calls().stream().filter("HcsCloseComputeSystem"::equals)).hasSize(5100);
  }

  // hcs-abi.md §18 case 17
  @Test
  void enumerationsAskWithTheQueryDocument() {
    List<String> queries = new ArrayList<>();
    vmcompute.on(
        "HcsEnumerateComputeSystems",
        arguments -> {
          queries.add(arguments[0].toString());
          vmcompute.give(arguments[1], "[]");
          return 0;
        });

    compute.enumerate(SystemQuery.id("a"));
    compute.enumerate(SystemQuery.owner("a"));
    compute.enumerate(SystemQuery.all());

    assertThat(queries).containsExactly("{\"Ids\":[\"a\"]}", "{\"Owners\":[\"a\"]}", "{}");
  }

  // hcs-abi.md §18 case 18
  @Test
  void modificationsAreWrittenAsHcsReadsThem() {
    List<String> documents = new ArrayList<>();
    vmcompute.on(
        "HcsModifyComputeSystem",
        arguments -> {
          documents.add(arguments[1].toString());
          return 0;
        });

    ComputeSystem system = open();
    system.modify(ModifyRequest.addEndpoint("e1"));
    system.modify(ModifyRequest.removeEndpoint("e1"));

    assertThat(documents)
        .containsExactly(
            "{\"ResourceType\":\"Network\",\"Settings\":\"e1\",\"RequestType\":\"Add\"}",
            "{\"ResourceType\":\"Network\",\"Settings\":\"e1\",\"RequestType\":\"Remove\"}");
  }

  // hcs-abi.md §18 case 23
  @Test
  void theInputIsClosedBeforeHcsIsTold() throws Exception {
    vmcompute.on(
        "HcsCreateProcess",
        arguments -> {
          ((PointerByReference) arguments[3]).setValue(PROCESS);
          ((ProcessInformation) arguments[2]).stdInput = Pointer.createConstant(0x60);
          ((ProcessInformation) arguments[2]).stdOutput = Pointer.createConstant(0x61);
          ((ProcessInformation) arguments[2]).stdError = Pointer.createConstant(0x62);
          return 0;
        });
    List<String> order = new ArrayList<>();
    kernel32.on(
        "CloseHandle",
        arguments -> {
          order.add("closed " + Pointer.nativeValue((Pointer) arguments[0]));
          return true;
        });
    vmcompute.on(
        "HcsModifyProcess",
        arguments -> {
          order.add(arguments[1].toString());
          return 0;
        });

    ComputeProcess process =
        open().createProcess(ProcessDocument.of("a.exe", "", "C:\\", Map.of(), true));
    process.stdin().orElseThrow().close();

    assertThat(order)
        .containsExactly(
            "closed " + 0x60,
            "{\"Operation\":\"CloseHandle\",\"CloseHandle\":{\"Handle\":\"StdIn\"}}");
  }

  // hcs-abi.md §18 case 40
  @Test
  void aFunctionThatThisBuildLacksFailsByItself() {
    vmcompute.on(
        "HcsModifyComputeSystem",
        arguments -> {
          throw new UnsatisfiedLinkError("HcsModifyComputeSystem");
        });
    ComputeSystem system = open();

    assertThatThrownBy(() -> system.modify(ModifyRequest.addEndpoint("e")))
        .isInstanceOf(HcsException.class)
        .hasMessageContaining(
            "Failed to find HcsModifyComputeSystem procedure in vmcompute.dll: The specified"
                + " procedure could not be found.");
    system.terminate();
    assertThat(vmcompute.calls()).endsWith("HcsTerminateComputeSystem");
  }

  // hcs-abi.md §18 case 4
  @Test
  void aNameWithNulNeverReachesTheDll() {
    assertThatThrownBy(() -> compute.open("a\0b")).isInstanceOf(IllegalArgumentException.class);
    assertThat(vmcompute.calls()).isEmpty();
  }
}
