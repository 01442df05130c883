using Keelson.Api.Apps.V1;

namespace Keelson.Api.Tests.Apps.V1;

public sealed class StatefulSetTests
{
    [Fact]
    public void A_claim_template_serves_as_the_volume_of_its_name()
    {
        string mounting = Set("'volumeClaimTemplates': [{ 'metadata': { 'name': 'www' }, 'spec': { 'accessModes': ['ReadWriteOnce'], "
            + "'resources': { 'requests': { 'storage': '1Gi' } } } }],")
            .Replace("'image': 'nginx'", "'image': 'nginx', 'volumeMounts': [{ 'name': 'www', 'mountPath': '/www' }]");
        Assert.Empty(KindCase.CreateErrors<StatefulSet>(mounting));
    }

    [Fact]
    public void Only_some_fields_may_change()
    {
        StatefulSet old = KindCase.Create<StatefulSet>(Set(""));
        StatefulSet allowed =
            old with { Spec = old.Spec with { Replicas = 3, MinReadySeconds = 1, RevisionHistoryLimit = 1 } };
        StatefulSet refused = old with { Spec = old.Spec with { ServiceName = "other" } };
        Assert.Empty(KindCase.UpdateErrors(allowed, old));
        Assert.Equal(
            [
                "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                    + "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
            ],
            KindCase.UpdateErrors(refused, old));
    }

    [Theory]
    [InlineData("'updateStrategy': { 'type': 'OnDelete', 'rollingUpdate': {} },",
        "spec.updateStrategy.rollingUpdate: Invalid value: {\"Partition\":0,\"MaxUnavailable\":null}: only allowed for updateStrategy 'RollingUpdate'")]
    [InlineData("'serviceName': 'a.b',", "spec.serviceName: Invalid value: \"a.b\": must not contain dots")]
    [InlineData("'ordinals': { 'start': -1 },", "spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0")]
    public void Fields_are_checked(string field, string expected) =>
        Assert.Equal([expected], KindCase.CreateErrors<StatefulSet>(Set(field)));

    [Fact]
    public void Parts_of_bytes_in_claims_and_histories_without_end_are_warned_of()
    {
        StatefulSet made = KindCase.Create<StatefulSet>(Set(
            "'revisionHistoryLimit': -1, 'volumeClaimTemplates': [{ 'metadata': { 'name': 'www' }, 'spec': { "
            + "'accessModes': ['ReadWriteOnce'], 'resources': { 'requests': { 'storage': '1500m' } } } }],"));
        const string Claim = "resources.requests[storage]: fractional byte value \"1500m\" is invalid, "
            + "must be an integer";
        const string History = "spec.revisionHistoryLimit: a negative value retains all historical revisions; "
            + "a value >= 0 is recommended";

        Assert.Equal(["spec.volumeClaimTemplates[0]." + Claim, History], StatefulSet.Warnings(made, null));
        Assert.Equal(["spec.volumeClaimTemplates[0].Spec." + Claim, History], StatefulSet.Warnings(made, made));
    }

    private static string Set(string fields) =>
        "{ 'metadata': { 'name': 'web' }, 'spec': { "
            + fields
            + " 'selector': { 'matchLabels': { 'app': 'web' } }, 'template': { 'metadata': "
        + "{ 'labels': { 'app': 'web' } }, 'spec': { 'containers': [{ 'name': 'c', 'image': 'nginx' }] } } } }";
}
