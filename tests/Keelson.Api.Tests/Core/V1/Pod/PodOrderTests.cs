using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

using Pod = Keelson.Api.Core.V1.Pod;

public sealed class PodOrderTests
{
    private const string NotForWindows = ": Forbidden: cannot be set for a windows pod";

    private const string Sidecar =
        "'initContainers':[{'name':'s','image':'x','restartPolicy':'Always','resources':{'requests':{'cpu':'1'}}}]";

    [Fact]
    public void A_shared_process_namespace_is_refused_before_the_names_of_sysctls() => Assert.Equal(
        [
            "spec.securityContext.shareProcessNamespace: Invalid value: true: "
                + "ShareProcessNamespace and HostPID cannot both be enabled",
            "spec.securityContext.sysctls[0].name: Required value",
        ],
        PodCase.CreateErrors(
            "'hostPID':true,'shareProcessNamespace':true,'securityContext':{'sysctls':[{'value':'1'}]}"));

    [Fact]
    public void A_negative_grace_period_is_warned_of_only()
    {
        Pod pod = PodCase.Create("'terminationGracePeriodSeconds':-1");

        Assert.Empty(PodCase.CreateErrors("'terminationGracePeriodSeconds':-1"));
        Assert.Equal(
            ["spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1"],
            Pod.Warnings(pod, null));
    }

    [Theory]
    [InlineData("{'podIP':'10.0.0.1'}", "10.0.0.1", "10.0.0.1")]
    [InlineData("{'podIPs':[{'ip':'10.0.0.1'},{'ip':'fd00::1'}]}", "10.0.0.1", "10.0.0.1 fd00::1")]
    [InlineData("{'podIP':'10.0.0.2','podIPs':[{'ip':'10.0.0.1'},{'ip':'fd00::1'}]}", "10.0.0.2", "10.0.0.2")]
    [InlineData(
        "{'podIP':'10.0.0.1','podIPs':[{'ip':'10.0.0.1'},{'ip':'fd00::1'}]}", "10.0.0.1", "10.0.0.1 fd00::1")]
    public void The_first_of_the_addresses_is_the_address(string status, string address, string addresses)
    {
        Pod pod = PodCase.Read("", status: status);

        Assert.Equal(address, pod.Status.PodIP);
        Assert.Equal(addresses, string.Join(' ', pod.Status.PodIPs.Select(one => one.Ip)));
    }

    [Fact]
    public void What_windows_lacks_is_refused_in_order()
    {
        const string Container = "'containers':[{'name':'c','image':'x','securityContext':{'privileged':true,"
            + "'runAsUser':1,'readOnlyRootFilesystem':true,'capabilities':{}}}]";
        string[] errors = PodCase.CreateErrors(
            "'os':{'name':'windows'},'hostPID':true,'securityContext':{'fsGroup':1,'runAsUser':1,'seccompProfile':"
            + "{'type':'RuntimeDefault'}}," + Container);

        Assert.Equal(
            [
                "spec.hostPID",
                "spec.securityContext.seccompProfile",
                "spec.securityContext.fsGroup",
                "spec.securityContext.runAsUser",
                "spec.containers[0].securityContext.capabilities",
                "spec.containers[0].securityContext.readOnlyRootFilesystem",
                "spec.containers[0].securityContext.privileged",
                "spec.containers[0].securityContext.runAsUser",
            ],
            errors.Select(one => one.Replace(NotForWindows, "", StringComparison.Ordinal))
                .Where(one => !one.Contains(' ', StringComparison.Ordinal)));
    }

    [Fact]
    public void Only_init_containers_that_stay_may_restart_on_a_resize()
    {
        const string Init = "'initContainers':[{'name':'i','image':'x','resizePolicy':"
            + "[{'resourceName':'cpu','restartPolicy':'RestartContainer'}]}]";
        string sidecar = Init.Replace("'image'", "'restartPolicy':'Always','image'", StringComparison.Ordinal);

        string error = Assert.Single(PodCase.CreateErrors(Init));
        Assert.StartsWith("spec.initContainers[0].resizePolicy", error, StringComparison.Ordinal);
        Assert.Empty(PodCase.CreateErrors(sidecar));
        Assert.Empty(PodCase.UpdateErrors(Init, Init));
    }

    [Fact]
    public void A_resize_changes_nothing_but_resources_of_sidecars_either()
    {
        Pod old = PodCase.Create(Sidecar);
        Pod larger = PodCase.Read(Sidecar.Replace("'cpu':'1'", "'cpu':'2'", StringComparison.Ordinal));
        Assert.Empty(PodCase.Write("resize", larger, old).Errors);

        Pod other = PodCase.Read(
            Sidecar.Replace("'cpu':'1'", "'cpu':'1','ephemeral-storage':'1'", StringComparison.Ordinal));
        Assert.Contains(
            "spec.initContainers[0]: Forbidden: "
                + "only cpu and memory resources for init or sidecar containers are mutable",
            PodCase.Write("resize", other, old).Errors);
    }

    [Fact]
    public void Writes_to_parts_of_a_pod_are_warned_of_addresses_alone()
    {
        Pod pod = PodCase.Read(
            "'nodeSelector':{'beta.kubernetes.io/os':'linux'}",
            status: "{'hostIP':'FD00::2','hostIPs':[{'ip':'FD00::2'}],'podIP':'FD00::1','podIPs':[{'ip':'FD00::1'}]}");

        Assert.Equal(
            [
                "status.podIPs[0].ip: IPv6 address \"FD00::1\" should be in RFC 5952 canonical format (\"fd00::1\")",
                "status.hostIPs[0].ip: IPv6 address \"FD00::2\" should be in RFC 5952 canonical format (\"fd00::2\")",
            ],
            Pod.Subresources.SelectMany(one => one.Warnings(pod)));
    }
}
