using Keelson.Api.Rbac.V1;
using Keelson.Api.Tests.Kinds;

namespace Keelson.Api.Tests.Rbac.V1;

public sealed class RoleTests
{
    [Fact]
    public void Subjects_get_the_group_of_their_kind()
    {
        RoleBinding made = KindProbe.Read<RoleBinding>("""
            {"metadata":{"name":"b"},"roleRef":{"kind":"Role","name":"r"},
             "subjects":[{"kind":"User","name":"jane"},{"kind":"ServiceAccount","name":"default","namespace":"ns"}]}
            """);
        Assert.Equal("rbac.authorization.k8s.io", made.RoleRef.ApiGroup);
        Assert.Equal("rbac.authorization.k8s.io", made.Subjects[0].ApiGroup);
        Assert.Equal("", made.Subjects[1].ApiGroup);
        Assert.Equal("b | Role/r | <unknown> | jane |  | ns/default", KindProbe.Row(made));
    }

    [Fact]
    public void Cluster_wide_bindings_need_cluster_roles_and_full_names() => Assert.Equal(
        [
            "roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\"",
            "subjects[0].namespace: Required value",
            "subjects[1].apiGroup: Unsupported value: \"x\": supported values: \"rbac.authorization.k8s.io\"",
            "subjects[2].kind: Unsupported value: \"Robot\": supported values: \"ServiceAccount\", \"User\", \"Group\"",
        ],
        KindProbe.CreateErrors<ClusterRoleBinding>("""
            {"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"ServiceAccount","name":"default"},
             {"kind":"Group","name":"g","apiGroup":"x"},{"kind":"Robot","name":"r2"}]}
            """));

    [Fact]
    public void Paths_are_for_the_whole_cluster() => Assert.Equal(
        ["rules[0].nonResourceURLs: Invalid value: [\"/metrics\"]: namespaced rules cannot apply to non-resource URLs"],
        KindProbe.CreateErrors<Role>("""{"rules":[{"verbs":["get"],"nonResourceURLs":["/metrics"]}]}"""));

    [Fact]
    public void No_rules_are_shown_as_null_however_they_were_sent()
    {
        Assert.True(KindProbe.Create<Role>("""{"rules":[]}""").Rules.IsAbsent);
        Assert.True(KindProbe.Create<ClusterRole>("""{"rules":[]}""").Rules.IsAbsent);
    }
}
