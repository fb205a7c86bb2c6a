package io.gardencell.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every field of every type, by its name, in its place: what has all of them set is written as it
 * was read, and what has none of them as the protocol leaves things out (garden-api.md §5).
 */
class WireShapesTest {

  private static final String LIMITS =
      "{'bandwidth_limits':{'rate':1,'burst':2},'cpu_limits':{'weight':3,'limit_in_shares':4},"
          + "'disk_limits':{'inode_soft':5,'inode_hard':6,'byte_soft':7,'byte_hard':8,'scope':1},"
          + "'memory_limits':{'limit_in_bytes':9},'pid_limits':{'max':10}}";
  private static final String NO_LIMITS =
      "{'bandwidth_limits':{},'cpu_limits':{},'disk_limits':{},'memory_limits':{},'pid_limits':{}}";
  private static final String IMAGE = "{'uri':'u','username':'n','password':'p'}";
  private static final String MOUNTS = "[{'src_path':'s','dst_path':'d','mode':1,'origin':1},{}]";
  private static final String RULE =
      "{'protocol':3,'networks':[{'start':'1.2.3.4','end':'2001:db8::1'},{}],"
          + "'ports':[{'start':1,'end':65535},{}],'icmps':{'type':255,'code':0},'log':true}";
  private static final String SPEC =
      "{'handle':'h','grace_time':-5,'rootfs':'r','image':"
          + IMAGE
          + ",'bind_mounts':"
          + MOUNTS
          + ",'network':'n','properties':{'a':'','b':'2'},'env':['A=1',''],'privileged':true,"
          + "'limits':"
          + LIMITS
          + ",'netout_rules':["
          + RULE
          + "],'netin':[{'host_port':0,'container_port':4294967295}]}";
  private static final String PROCESS =
      "{'id':'i','path':'p','args':['a',''],'env':['A=1'],'dir':'d','user':'u','rlimits':"
          + "{'as':0,'core':1,'cpu':2,'data':3,'fsize':4,'locks':5,'memlock':6,'msgqueue':7,"
          + "'nice':8,'nofile':9,'nproc':10,'rss':11,'rtprio':12,'sigpending':13,"
          + "'stack':18446744073709551615},'limits':{'cpu_limits':{'weight':1},'memory_limits':{}},"
          + "'tty':{'window_size':{'columns':80,'rows':24}},'image':"
          + IMAGE
          + ",'bind_mounts':"
          + MOUNTS
          + "}";
  private static final String PAYLOAD =
      "{'process_id':'p','stream_id':'1','source':0,'data':'','exit_status':0,'error':'',"
          + "'tty':{},'signal':0}";
  private static final String INFO =
      "{'State':'stopped','Events':['Out of memory'],'HostIP':'h','ContainerIP':'c',"
          + "'ContainerIPv6':'6','ExternalIP':'e','ContainerPath':'p','ProcessIDs':['1'],"
          + "'Properties':{},'MappedPorts':[{'HostPort':4294967295,'ContainerPort':0}]}";
  private static final String ERROR =
      "{'Type':'t','Message':'m','Handle':'h','ProcessID':'p','Binary':''}";

  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of(ContainerSpec.class, SPEC, "{'image':{},'limits':" + NO_LIMITS + "}"),
        Arguments.of(Limits.class, LIMITS, NO_LIMITS),
        Arguments.of(NetOutRule.class, RULE, "{}"),
        Arguments.of(
            NetInRequest.class, "{'handle':'h','host_port':1,'container_port':4294967295}", "{}"),
        Arguments.of(NetInResponse.class, "{'host_port':4294967295,'container_port':1}", "{}"),
        Arguments.of(
            Capacity.class,
            "{'memory_in_bytes':1,'disk_in_bytes':2,'schedulable_disk_in_bytes':3,"
                + "'max_containers':18446744073709551615}",
            "{}"),
        Arguments.of(ProcessSpec.class, PROCESS, "{'rlimits':{},'image':{}}"),
        Arguments.of(ProcessPayload.class, PAYLOAD, "{}"),
        Arguments.of(
            ContainerInfoEntry.class,
            "{'Info':" + INFO + ",'Err':" + ERROR + "}",
            "{'Info':{'State':'','Events':null,'HostIP':'','ContainerIP':'','ContainerIPv6':'',"
                + "'ExternalIP':'','ContainerPath':'','ProcessIDs':null,'Properties':null,"
                + "'MappedPorts':null},'Err':null}"),
        Arguments.of(
            NetworkStat.class,
            "{'RxBytes':18446744073709551615,'TxBytes':1}",
            "{'RxBytes':0,'TxBytes':0}"),
        Arguments.of(ErrorBody.class, ERROR, ERROR.replaceAll("'[a-z]'", "''")),
        Arguments.of(CreateResponse.class, "{'Handle':'h'}", "{'Handle':''}"),
        Arguments.of(ListResponse.class, "{'Handles':['a','b']}", "{'Handles':[]}"),
        Arguments.of(StopRequest.class, "{'kill':true}", "{'kill':false}"),
        Arguments.of(PropertyValue.class, "{'value':'v'}", "{'value':''}"));
  }

  private static byte[] wire(String quoted) {
    return (quoted.replace('\'', '"') + "\n").getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void everyFieldHasItsNameAndItsPlace(Class<?> type, String full, String empty) {
    assertThat(WireJson.encode(WireJson.decode(wire(full), type)))
        .asString()
        .isEqualTo(new String(wire(full), StandardCharsets.UTF_8));
    assertThat(WireJson.encode(WireJson.decode(wire("{}"), type)))
        .asString()
        .isEqualTo(new String(wire(empty), StandardCharsets.UTF_8));
  }
}
