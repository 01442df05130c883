using Keelson.Api.Kinds;
using Keelson.Machinery.Values;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

using Pod = Keelson.Api.Core.V1.Pod;

public sealed class PodColumnsTests
{
    private const string Two = "'containers':[{'name':'a','image':'x'},{'name':'b','image':'x'}]";
    private const string Init =
        "'initContainers':[{'name':'i','image':'x'},{'name':'s','image':'x','restartPolicy':'Always'}]";

    [Theory]
    [InlineData("0/2 | Pending | 0", Two, "{'phase':'Pending'}")]
    [InlineData("1/2 | ImagePullBackOff | 0", Two, "{'phase':'Pending','containerStatuses':[{'name':'a','state':{'waiting':{'reason':'ImagePullBackOff'}}},{'name':'b','ready':true,'state':{'running':{}}}]}")]
    [InlineData("2/2 | Running | 3 (5m ago)", Two, "{'phase':'Running','containerStatuses':[{'name':'a','ready':true,'restartCount':3,'state':{'running':{}},'lastState':{'terminated':{'exitCode':1,'finishedAt':'2026-01-02T02:59:05Z'}}},{'name':'b','ready':true,'state':{'running':{}}}]}")]
    [InlineData("0/2 | ExitCode:3 | 0", Two, "{'phase':'Failed','containerStatuses':[{'name':'a','state':{'terminated':{'exitCode':3}}}]}")]
    [InlineData("1/2 | NotReady | 0", Two, "{'phase':'Running','containerStatuses':[{'name':'a','state':{'terminated':{'exitCode':0,'reason':'Completed'}}},{'name':'b','ready':true,'state':{'running':{}}}]}")]
    [InlineData("0/2 | Init:0/2 | 0", Init, "{'phase':'Pending','initContainerStatuses':[{'name':'i','state':{'waiting':{'reason':'PodInitializing'}}}]}")]
    [InlineData("0/2 | Init:CrashLoopBackOff | 2", Init, "{'phase':'Pending','initContainerStatuses':[{'name':'i','restartCount':2,'state':{'waiting':{'reason':'CrashLoopBackOff'}}}]}")]
    [InlineData("1/2 | Init:Error | 0", Init, "{'phase':'Pending','initContainerStatuses':[{'name':'s','ready':true,'started':true,'state':{'running':{}}},{'name':'i','state':{'terminated':{'exitCode':1,'reason':'Error'}}}]}")]
    [InlineData("0/1 | Evicted | 0", "", "{'phase':'Failed','reason':'Evicted'}")]
    public void A_row_sums_the_containers_up(string row, string spec, string status)
    {
        object?[] cells = Pod.Cells(PodCase.Read(spec, status: status), new(PodCase.Now));

        Assert.Equal(row, $"{cells[1]} | {cells[2]} | {cells[3]}");
    }

    [Fact]
    public void A_pod_that_is_being_deleted_is_terminating()
    {
        Pod pod = PodCase.Read("", ",'deletionTimestamp':'2026-01-02T03:00:00Z'", "{'phase':'Running'}");

        Assert.Equal("Terminating", Pod.Cells(pod, new(PodCase.Now))[2]);
    }

    [Fact]
    public void Addresses_nodes_and_gates_stand_in_the_wide_columns()
    {
        Pod pod = PodCase.Read(
            "'nodeName':'n1','readinessGates':[{'conditionType':'a'},{'conditionType':'b'}]",
            status: "{'podIPs':[{'ip':'10.0.0.1'}],'conditions':[{'type':'a','status':'True'}]}");

        Assert.Equal(["10.0.0.1", "n1", "<none>", "1/2"], Pod.Cells(pod, new(PodCase.Now))[5..]);
    }
}
