using Keelson.Api.Core.V1;
using Keelson.Machinery.Validation;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

using Pod = Keelson.Api.Core.V1.Pod;

public sealed class PodWarningsTests
{
    [Theory]
    [InlineData("'nodeSelector':{'beta.kubernetes.io/os':'linux'}", "spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use \"kubernetes.io/os\" instead")]
    [InlineData("'containers':[{'name':'c','image':'x','env':[{'name':'A','value':'1'},{'name':'A','value':'2'}]}]", "spec.containers[0].env[1]: hides previous definition of \"A\", which may be dropped when using apply")]
    [InlineData("'containers':[{'name':'c','image':'x','resources':{'limits':{'memory':'500m'},'requests':{'memory':'0'}}}]", "spec.containers[0].resources.limits[memory]: fractional byte value \"500m\" is invalid, must be an integer")]
    [InlineData("'containers':[{'name':'c','image':'x','ports':[{'containerPort':80},{'containerPort':80,'hostPort':81}]}]", "spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]")]
    [InlineData("'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'z','whenUnsatisfiable':'ScheduleAnyway'}]", "spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod")]
    [InlineData("'volumes':[{'name':'v','rbd':{'monitors':['m'],'image':'i'}}]", "spec.volumes[0].rbd: deprecated in v1.28, non-functional in v1.31+")]
    [InlineData("'volumes':[{'name':'v','configMap':{'name':'m','items':[{'key':'a','path':'p'},{'key':'b','path':'p/q'}]}}]", "volume \"v\" (ConfigMap \"m\"): overlapping paths: \"p/q\" with \"p\"")]
    [InlineData("'imagePullSecrets':[{'name':'s'},{'name':'s'}]", "spec.imagePullSecrets[1].name: duplicate name \"s\"")]
    public void What_is_doubtful_brings_a_warning(string spec, string warning) =>
        Assert.Equal([warning], Pod.Warnings(PodCase.Create(spec), null));

    [Fact]
    public void An_annotation_of_old_becomes_a_field_with_a_warning()
    {
        Pod pod = PodCase.Create(
            "", ",'annotations':{'container.apparmor.security.beta.kubernetes.io/c':'unconfined'}");

        Assert.Equal("Unconfined", pod.Spec.Containers[0].SecurityContext!.AppArmorProfile!.Type);
        Assert.Equal(
            ["metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the \"appArmorProfile\" field instead"],
            Pod.Warnings(pod, null));
    }

    [Fact]
    public void Templates_do_not_get_the_defaults_of_pods()
    {
        Container container = new() { Name = "c", Image = "x", Resources = new() { Limits = PodLimits() } };
        PodTemplateSpec template = PodTemplateRules.SetDefaults(new() { Spec = new() { Containers = [container] } });
        FieldErrors errors = new();
        PodTemplateRules.Validate(template, FieldPath.Of("template"), errors);

        Assert.Empty(errors.All);
        Assert.Equal(
            (0, null), (template.Spec.Containers[0].Resources.Requests.Count, template.Spec.EnableServiceLinks));
    }

    private static Keelson.Machinery.Values.ApiMap<Keelson.Machinery.Values.Quantity> PodLimits() =>
        Keelson.Machinery.Values.ApiMap<Keelson.Machinery.Values.Quantity>.Empty.With(
            "cpu", Keelson.Machinery.Values.Quantity.Parse("1"));
}
