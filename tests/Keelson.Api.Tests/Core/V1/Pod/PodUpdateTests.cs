using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

using Pod = Keelson.Api.Core.V1.Pod;

public sealed class PodUpdateTests
{
    private const string Mutable =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
        + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
        + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n";

    [Theory]
    [InlineData("", "'containers':[{'name':'c','image':'other','imagePullPolicy':'Always'}]")]
    [InlineData("", "'activeDeadlineSeconds':10")]
    [InlineData("'tolerations':[{'key':'a'}]", "'tolerations':[{'key':'a','effect':''},{'key':'b','effect':'NoExecute','tolerationSeconds':1}]")]
    [InlineData("'schedulingGates':[{'name':'a'}]", "'nodeSelector':{'x':'y'}")]
    public void What_may_change_may_change(string before, string after) =>
        Assert.Empty(PodCase.UpdateErrors(before, after));

    [Fact]
    public void Any_other_change_is_shown_as_a_difference() => Assert.Equal(
        [
            "spec: Forbidden: " + Mutable
                + "@@ -36,7 +36,7 @@\n  ],\n  \"EphemeralContainers\": null,\n  \"RestartPolicy\": \"Always\",\n"
                + "- \"TerminationGracePeriodSeconds\": 30,\n+ \"TerminationGracePeriodSeconds\": 3,\n"
                + "  \"ActiveDeadlineSeconds\": null,\n  \"DNSPolicy\": \"ClusterFirst\",\n  \"NodeSelector\": null,\n",
        ],
        PodCase.UpdateErrors("", "'terminationGracePeriodSeconds':3"));

    [Theory]
    [InlineData("'activeDeadlineSeconds':10", "'activeDeadlineSeconds':20", "spec.activeDeadlineSeconds: Invalid value: 20: must be less than or equal to previous value")]
    [InlineData("'activeDeadlineSeconds':10", "", "spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value")]
    [InlineData("'tolerations':[{'key':'a'}]", "", "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds")]
    [InlineData("'schedulingGates':[{'name':'a'}]", "'schedulingGates':[{'name':'a'},{'name':'b'}]", "spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate 'b'")]
    [InlineData("", "'containers':[{'name':'c','image':'nginx'},{'name':'d','image':'x'}]", "spec.containers: Forbidden: pod updates may not add or remove containers")]
    [InlineData("'schedulingGates':[{'name':'a'}],'nodeSelector':{'x':'y'}", "'schedulingGates':[{'name':'a'}],'nodeSelector':{'x':'z'}", "spec.nodeSelector: Invalid value: {\"x\":\"z\"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)")]
    public void What_may_not_change_is_refused(string before, string after, string error) =>
        Assert.Equal([error], PodCase.UpdateErrors(before, after));

    [Fact]
    public void What_the_old_pod_violated_already_stays_allowed()
    {
        const string Token = "'serviceAccountName':'s','volumes':[{'name':'v','projected':{'sources':[{'serviceAccountToken':{'path':'/abs'}}]}}]";

        Assert.Single(PodCase.CreateErrors(Token));
        Assert.Empty(PodCase.UpdateErrors(Token, Token + ",'activeDeadlineSeconds':5"));
    }

    [Fact]
    public void Only_a_change_of_the_spec_makes_a_new_generation()
    {
        Pod old = PodCase.Create("");
        Pod labelled = old with { Metadata = old.Metadata with { Labels = ApiMap<string>.Empty.With("a", "b") } };

        Assert.Equal(1, Pod.PrepareForUpdate(labelled, old, new(PodCase.Now, "")).Metadata.Generation);
        Assert.Equal(2, Pod.PrepareForUpdate(PodCase.Read("'activeDeadlineSeconds':1"), old, new(PodCase.Now, "")).Metadata.Generation);
    }

    [Fact]
    public void Ephemeral_containers_come_by_their_subresource_alone_and_stay()
    {
        Pod old = PodCase.Create("");
        Pod added = PodCase.Read("'nodeName':'ignored','ephemeralContainers':[{'name':'d','image':'busybox'}]");

        (Pod written, string[] errors) = PodCase.Write("ephemeralcontainers", added, old);

        Assert.Empty(errors);
        Assert.Equal(
            ("", 1, 2L), (written.Spec.NodeName, written.Spec.EphemeralContainers.Count, written.Metadata.Generation));
        Assert.Equal(
            ["spec.ephemeralContainers: Forbidden: existing ephemeral containers \"d\" may not be removed\n"],
            PodCase.Write("ephemeralcontainers", old, written).Errors);
    }

    [Fact]
    public void A_resize_changes_compute_resources_and_nothing_else()
    {
        const string Before = "'containers':[{'name':'c','image':'x','resources':{'requests':{'cpu':'1'}}}]";
        Pod old = PodCase.Create(Before);
        Pod larger = PodCase.Read(Before.Replace("'1'", "'2'", StringComparison.Ordinal).Replace("'image':'x'", "'image':'y'", StringComparison.Ordinal));

        (Pod written, string[] errors) = PodCase.Write("resize", larger, old);

        Assert.Empty(errors);
        Assert.Equal(
            ("x", "2"),
            (written.Spec.Containers[0].Image, written.Spec.Containers[0].Resources.Requests["cpu"].ToString()));
        Assert.Equal(
            [
                "spec: Invalid value: \"Burstable\": Pod QOS Class may not change as a result of resizing",
                "spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed",
            ],
            PodCase.Write("resize", PodCase.Read("'containers':[{'name':'c','image':'x'}]"), old).Errors);
    }

    [Fact]
    public void The_status_keeps_what_clients_do_not_know_and_refuses_what_cannot_be()
    {
        Pod old = PodCase.Create("'restartPolicy':'Never'");
        Pod ended = PodCase.Read(
            "", status: "{'phase':'Failed','containerStatuses':[{'name':'c','state':{'terminated':{'exitCode':1}}}]}");

        (Pod written, string[] errors) = PodCase.Write("status", ended, old);

        Assert.Empty(errors);
        Assert.Equal("BestEffort", written.Status.QosClass);
        Assert.Equal(
            ["status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state"],
            PodCase.Write("status", PodCase.Read("", status: "{'containerStatuses':[{'name':'c','state':{'running':{}}}]}"), written).Errors);
        Assert.Equal(
            ["status.podIPs[0]: Invalid value: \"bad\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"],
            PodCase.Write("status", PodCase.Read("", status: "{'podIP':'bad','podIPs':[{'ip':'bad'}]}"), old).Errors);
    }

    [Theory]
    [InlineData("", null, 0L)]
    [InlineData("'nodeName':'n'", null, 30L)]
    [InlineData("'nodeName':'n'", 5L, 5L)]
    [InlineData("'nodeName':'n'", -3L, 1L)]
    public void Only_pods_on_nodes_are_given_time_to_end(string spec, long? requested, long period) =>
        Assert.Equal(period, Pod.GracePeriodSeconds(PodCase.Create(spec), requested));

    [Fact]
    public void A_binding_assigns_a_pod_once()
    {
        Binding binding = new() { Target = new() { Name = "node-1" } };

        Pod? bound = Binding.Assign(PodCase.Create(""), binding, PodCase.Now, out string? none);

        Assert.Null(none);
        Assert.Equal(("node-1", "True"), (bound!.Spec.NodeName, bound.Status.Conditions[0].Status));
        Assert.Null(Binding.Assign(bound, binding, PodCase.Now, out string? conflict));
        Assert.Equal("pod p is already assigned to node \"node-1\"", conflict);
    }
}
