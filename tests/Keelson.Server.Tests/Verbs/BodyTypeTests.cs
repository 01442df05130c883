using Keelson.Api.Kinds;
using Keelson.Server.Verbs;
using Xunit;

namespace Keelson.Server.Tests.Verbs;

public sealed class BodyTypeTests
{
    [Theory]
    [InlineData("", "", "v1 ConfigMap")]
    [InlineData("v1", "", "v1 ConfigMap")]
    [InlineData("/v1", "Secret", "v1 Secret")]
    [InlineData("apps/v1", "Deployment", "apps/v1 Deployment")]
    public void What_a_body_leaves_out_is_what_the_path_says(string apiVersion, string kind, string expected)
    {
        Assert.True(BodyType.TryParse(apiVersion, kind, ApiKinds.CoreV1ConfigMap.Info, out BodyType type, out _));
        Assert.Equal(expected, $"{type.ApiVersion} {type.Kind}");
    }

    [Theory]
    [InlineData("v1", "Secret", "converting (v1.Secret) to (core.ConfigMap): unknown conversion")]
    [InlineData("apps/v1beta1", "Deployment", "converting (v1beta1.Deployment) to (core.ConfigMap): unknown conversion")]
    [InlineData("v1", "ConfigMapList", "converting (v1.ConfigMapList) to (core.ConfigMap): unknown conversion")]
    [InlineData("meta.k8s.io/v1", "PartialObjectMetadata", "no kind \"PartialObjectMetadata\" is registered for version \"meta.k8s.io/v1\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"")]
    public void A_body_of_another_kind_is_refused(string apiVersion, string kind, string problem) =>
        Assert.Equal(problem, new BodyType(apiVersion, kind).Mismatch(ApiKinds.CoreV1ConfigMap.Info));

    [Theory]
    [InlineData("events.k8s.io/v1", "Event")]
    [InlineData("events.k8s.io/v1beta1", "Event")]
    public void Another_version_of_the_kind_does_not_match_the_path(string apiVersion, string kind)
    {
        BodyType type = new(apiVersion, kind);
        KindInfo wanted = ApiKinds.CoreV1Event.Info;
        Assert.Null(type.Mismatch(wanted));
        Assert.Equal(
            $"the API version in the data ({apiVersion}) does not match the expected API version (v1)",
            type.OtherVersion(wanted)!.Message);
    }
}
