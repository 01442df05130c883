using Keelson.Api.AdmissionRegistration.V1;
using Keelson.Api.Tests.Kinds;

namespace Keelson.Api.Tests.AdmissionRegistration.V1;

public sealed class WebhookConfigurationTests
{
    private const string Body = """
        {"metadata":{"name":"a"},"webhooks":[{"name":"deny.example.com","clientConfig":{"url":"https://127.0.0.1:1/x"},
          "sideEffects":"None","admissionReviewVersions":["v1"],"rules":[
            {"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["configmaps"]}]}]}
        """;

    [Fact]
    public void Webhooks_fail_after_ten_seconds_and_match_everything_unless_they_say_else()
    {
        ValidatingWebhook hook = KindProbe.Read<ValidatingWebhookConfiguration>(Body).Webhooks[0];
        Assert.Equal(10, hook.TimeoutSeconds);
        Assert.Equal("Fail", hook.FailurePolicy?.ToString());
        Assert.Equal("Equivalent", hook.MatchPolicy?.ToString());
        Assert.NotNull(hook.NamespaceSelector);
        Assert.NotNull(hook.ObjectSelector);
        Assert.Equal("*", hook.Rules[0].Rule.Scope?.ToString());
    }

    [Fact]
    public void A_good_webhook_passes() =>
        Assert.Empty(KindProbe.CreateErrors<ValidatingWebhookConfiguration>(Body));

    [Fact]
    public void Webhooks_are_called_over_https_and_without_queries() => Assert.Equal(
        [
            "webhooks[0].clientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path]",
            "webhooks[0].clientConfig.url: Invalid value: \"c\": fragments are not permitted in the URL",
            "webhooks[0].clientConfig.url: Invalid value: \"a=b\": query parameters are not permitted in the URL",
        ],
        KindProbe.CreateErrors<ValidatingWebhookConfiguration>(
            Body.Replace("https://127.0.0.1:1/x", "http://x.y/z?a=b#c", StringComparison.Ordinal)));

    [Theory]
    [InlineData(
        "object.x =",
        "Invalid value: \"object.x =\": compilation failed: "
            + "ERROR: <input>:1:10: Syntax error: token recognition error at: '='\n | object.x =\n | .........^")]
    [InlineData(
        "params.x == 1",
        "Invalid value: \"params.x == 1\": compilation failed: "
            + "ERROR: <input>:1:1: undeclared reference to 'params' (in container '')\n | params.x == 1\n | ^")]
    [InlineData(" 1 + 1 ", "Invalid value: \"1 + 1\": must evaluate to bool but got int")]
    [InlineData("object.x", "Invalid value: \"object.x\": must evaluate to bool but got dyn")]
    public void Conditions_have_to_be_questions_about_a_request(string expression, string error) => Assert.Equal(
        ["webhooks[0].matchConditions[0].expression: " + error], ErrorsOfCondition(expression));

    [Theory]
    [InlineData("object.metadata.name == 'a' || oldObject == null")]
    [InlineData("!(request.resource.group in ['a', 'b'])")]
    [InlineData("authorizer.group('').resource('pods').check('get').allowed()")]
    [InlineData("object.metadata.labels.all(key, value, key != value)")]
    [InlineData("optional.none().hasValue()")]
    public void Conditions_may_ask_for_the_request_and_its_objects(string expression) =>
        Assert.Empty(ErrorsOfCondition(expression));

    private static string[] ErrorsOfCondition(string expression) =>
        KindProbe.CreateErrors<ValidatingWebhookConfiguration>(Body.Replace(
            "\"sideEffects\"",
            $$""" "matchConditions":[{"name":"a","expression":"{{expression}}"}],"sideEffects" """,
            StringComparison.Ordinal));

    [Theory]
    [InlineData("\"deny.example.com\"", "\"nodots\"", "webhooks[0].name: Invalid value: \"nodots\": should be a domain with at least three segments separated by dots")]
    [InlineData("\"sideEffects\":\"None\",", "", "webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun")]
    [InlineData("\"sideEffects\":\"None\"", "\"sideEffects\":\"Some\"", "webhooks[0].sideEffects: Unsupported value: \"Some\": supported values: \"None\", \"NoneOnDryRun\"")]
    [InlineData("[\"v1\"],\"r", "[\"v9\"],\"r", "webhooks[0].admissionReviewVersions: Invalid value: [\"v9\"]: must include at least one of v1, v1beta1")]
    public void What_a_webhook_says_of_itself_is_checked(string from, string to, string error) => Assert.Equal(
        [error], KindProbe.CreateErrors<ValidatingWebhookConfiguration>(Body.Replace(from, to, StringComparison.Ordinal)));
}
