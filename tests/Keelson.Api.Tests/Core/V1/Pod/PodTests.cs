using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

using Pod = Keelson.Api.Core.V1.Pod;

public sealed class PodTests
{
    [Fact]
    public void A_minimal_pod_gets_every_default_and_is_valid()
    {
        Pod pod = PodCase.Create("");

        Assert.Equal(
            ("Always", "ClusterFirst", 30L, "default-scheduler", true),
            (pod.Spec.RestartPolicy, pod.Spec.DnsPolicy, pod.Spec.TerminationGracePeriodSeconds, pod.Spec.SchedulerName, pod.Spec.EnableServiceLinks));
        Assert.Equal(
            ("Always", "/dev/termination-log", "File"),
            (pod.Spec.Containers[0].ImagePullPolicy, pod.Spec.Containers[0].TerminationMessagePath, pod.Spec.Containers[0].TerminationMessagePolicy));
        Assert.Equal(("Pending", "BestEffort", 1L), (pod.Status.Phase, pod.Status.QosClass, pod.Metadata.Generation));
        Assert.Empty(PodCase.CreateErrors(""));
    }

    [Theory]
    [InlineData("nginx", "Always")]
    [InlineData("nginx:latest", "Always")]
    [InlineData("nginx:1.25", "IfNotPresent")]
    [InlineData("localhost:5000/team/app", "Always")]
    [InlineData("Nginx", "IfNotPresent")]
    [InlineData("registry.k8s.io/pause@sha256:7031c1b283388d2c2e09b57badb803c05ebed362dc88d84b480cc47f72a21097", "IfNotPresent")]
    public void The_pull_policy_follows_from_the_tag(string image, string policy) =>
        Assert.Equal(policy, ImageReference.DefaultPullPolicy(image));

    [Theory]
    [InlineData("", "BestEffort")]
    [InlineData("'limits':{'cpu':'1','memory':'1Gi'}", "Guaranteed")]
    [InlineData("'limits':{'cpu':'1','memory':'1Gi'},'requests':{'cpu':'1'}", "Guaranteed")]
    [InlineData("'requests':{'cpu':'1','memory':'1Gi'}", "Burstable")]
    [InlineData("'limits':{'cpu':'1'}", "Burstable")]
    public void The_class_of_service_follows_from_the_resources(string resources, string qos) =>
        Assert.Equal(
            qos,
            PodCase.Create($"'containers':[{{'name':'c','image':'x','resources':{{{resources}}}}}]").Status.QosClass);

    [Fact]
    public void Requests_of_the_whole_pod_are_completed_from_its_containers_and_limits()
    {
        Pod pod = PodCase.Create(
            "'containers':[{'name':'c','image':'x','resources':{'requests':{'cpu':'200m'}}}],'resources':{'limits':{'cpu':'1','memory':'1Gi'}}");

        Assert.Equal("200m", pod.Spec.Resources!.Requests["cpu"].ToString());
        Assert.Equal("1Gi", pod.Spec.Resources.Requests["memory"].ToString());
    }

    [Fact]
    public void A_gated_pod_says_why_it_is_not_scheduled()
    {
        Pod pod = PodCase.Create("'schedulingGates':[{'name':'a'}]");

        Assert.Equal(
            ("PodScheduled", "False", "SchedulingGated"),
            (pod.Status.Conditions[0].Type, pod.Status.Conditions[0].Status, pod.Status.Conditions[0].Reason));
        Assert.Equal("SchedulingGated", Pod.Cells(pod, new(PodCase.Now))[2]);
    }

    [Fact]
    public void Labels_named_as_match_keys_are_merged_into_selectors()
    {
        Pod pod = PodCase.Create(
            "'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'z','whenUnsatisfiable':'ScheduleAnyway','labelSelector':{},'matchLabelKeys':['hash']}]",
            ",'labels':{'hash':'h1'}");

        Assert.Equal("h1", pod.Spec.TopologySpreadConstraints[0].LabelSelector!.MatchExpressions[0].Values[0]);
    }

    [Theory]
    [InlineData("'containers':[]", "spec.containers: Required value")]
    [InlineData("'containers':[{'name':'c','image':' x'}]", "spec.containers[0].image: Invalid value: \" x\": must not have leading or trailing whitespace")]
    [InlineData("'hostNetwork':true,'hostUsers':false", "spec.hostNetwork: Forbidden: when `hostUsers` is false")]
    [InlineData("'dnsPolicy':'None'", "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None")]
    [InlineData("'os':{'name':'windows'},'hostPID':true", "spec.hostPID: Forbidden: cannot be set for a windows pod")]
    [InlineData("'tolerations':[{'operator':'Equal'}]", "spec.tolerations[0].operator: Invalid value: \"Equal\": operator must be Exists when `key` is empty, which means \"match all values and all keys\"")]
    [InlineData("'resourceClaims':[{'name':'a'}]", "spec.resourceClaims[0]: Invalid value: {\"Name\":\"a\",\"ResourceClaimName\":null,\"ResourceClaimTemplateName\":null}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`")]
    [InlineData("'volumes':[{'name':'v','emptyDir':{},'nfs':{'server':'s','path':'/'}}]", "spec.volumes[0].nfs: Forbidden: may not specify more than 1 volume type")]
    [InlineData("'securityContext':{'sysctls':[{'name':'net.core.x','value':'1'}]},'hostNetwork':true", "spec.securityContext.sysctls[0].name: Invalid value: \"net.core.x\": may not be specified when 'hostNetwork' is true")]
    [InlineData("'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':{}}}", "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term")]
    [InlineData("'activeDeadlineSeconds':0", "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive")]
    [InlineData("'ephemeralContainers':[{'name':'e','image':'x','terminationMessagePolicy':'File'}]", "spec.ephemeralContainers: Forbidden: cannot be set on create")]
    public void A_pod_with_a_mistake_is_refused_in_upstreams_words(string spec, string error) =>
        Assert.Equal([error], PodCase.CreateErrors(spec));

    [Fact]
    public void Errors_come_in_the_order_of_the_fields()
    {
        string[] errors = PodCase.CreateErrors(
            "'containers':[{'name':'C','image':'','ports':[{'containerPort':0}],'livenessProbe':{'successThreshold':2}}],'restartPolicy':'No','hostname':'-'");

        Assert.Equal(
            [
                "spec.containers[0].name", "spec.containers[0].image", "spec.containers[0].ports[0].containerPort",
                "spec.containers[0].livenessProbe", "spec.containers[0].livenessProbe.successThreshold", "spec.restartPolicy", "spec.hostname",
            ],
            errors.Select(one => one[..one.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public void A_large_ordinary_pod_is_defaulted_and_validated_without_much_garbage()
    {
        const string Spec = "'containers':[{'name':'c','image':'nginx:1','ports':[{'containerPort':80}],'env':[{'name':'A','value':'b'}],"
            + "'resources':{'limits':{'cpu':'1','memory':'1Gi'}},'volumeMounts':[{'name':'v','mountPath':'/v'}]}],'volumes':[{'name':'v','emptyDir':{}}]";
        Pod pod = PodCase.Create(Spec);
        Pod.Validate(pod, new FieldErrors());
        long before = GC.GetAllocatedBytesForCurrentThread();
        FieldErrors errors = new();
        Pod.Validate(pod, errors);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Empty(errors.All);
        Assert.InRange(allocated, 0, 16 * 1024);
    }
}
