using Keelson.Api.AdmissionRegistration.V1;
using Keelson.Api.Tests.Kinds;

namespace Keelson.Api.Tests.AdmissionRegistration.V1;

public sealed class AdmissionPolicyTests
{
    [Fact]
    public void A_policy_checks_or_records_something() => Assert.Equal(
        [
            "spec.validations: Required value: validations or auditAnnotations must contain at least one item",
            "spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item",
        ],
        KindProbe.CreateErrors<ValidatingAdmissionPolicy>(Policy("")));

    [Fact]
    public void Messages_are_one_line_and_reasons_known() => Assert.Equal(
        [
            "spec.validations[0].message: Invalid value: \"a\\nb\": must not contain line breaks",
            "spec.validations[0].reason: Unsupported value: \"Nope\": supported values: \"Forbidden\", \"Invalid\", \"RequestEntityTooLarge\"",
        ],
        KindProbe.CreateErrors<ValidatingAdmissionPolicy>(
            Policy(""","validations":[{"expression":"true","message":"a\nb","reason":"Nope"}]""")));

    [Fact]
    public void Parameters_are_of_some_kind() => Assert.Equal(
        [
            "spec.paramKind.apiVersion: Invalid value: \"a/b/c\": unexpected GroupVersion string: a/b/c",
            "spec.paramKind.kind: Required value",
        ],
        KindProbe.CreateErrors<ValidatingAdmissionPolicy>(
            Policy(""","validations":[{"expression":"true"}],"paramKind":{"apiVersion":"a/b/c","kind":""}""")));

    [Fact]
    public void Only_a_changed_spec_is_a_new_generation()
    {
        string json = Policy(""","validations":[{"expression":"true"}]""");
        ValidatingAdmissionPolicy old = KindProbe.Create<ValidatingAdmissionPolicy>(json);
        Assert.Equal(1, old.Metadata.Generation);
        Assert.Equal(1, Updated(json).Metadata.Generation);
        Assert.Equal(2, Updated(json.Replace("\"true\"", "\"false\"", StringComparison.Ordinal)).Metadata.Generation);

        ValidatingAdmissionPolicy Updated(string body) => ValidatingAdmissionPolicy.PrepareForUpdate(
            KindProbe.Read<ValidatingAdmissionPolicy>(body), old, KindProbe.Context);
    }

    [Fact]
    public void A_binding_names_a_policy_and_what_happens() => Assert.Equal(
        [
            "spec.policyName: Required value",
            "spec.validationActions: Required value: at least one validation action is required",
        ],
        KindProbe.CreateErrors<ValidatingAdmissionPolicyBinding>("""{"metadata":{"name":"a"},"spec":{}}"""));

    private static string Policy(string more) =>
        $$$"""
        {"metadata":{"name":"a"},"spec":{"failurePolicy":"Fail","matchConstraints":{"resourceRules":[
          {"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["configmaps"]}]}{{{more}}}
        }}
        """;
}
