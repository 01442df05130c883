using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Xunit;

namespace Keelson.Api.Tests.Meta.V1;

public sealed class LabelSelectorRulesTests
{
    private static readonly ApiMap<string> Labels = ApiMap<string>.Empty.With("app", "web").With("tier", "front");

    [Fact]
    public void An_absent_selector_selects_nothing_and_an_empty_one_everything()
    {
        Assert.False(LabelSelectorRules.Matches(null, Labels));
        Assert.True(LabelSelectorRules.Matches(LabelSelector.Empty, default));
    }

    [Fact]
    public void Every_operator_selects_as_its_name_says()
    {
        Assert.True(Matches("tier", "In", "back", "front"));
        Assert.False(Matches("tier", "In", "back"));
        Assert.True(Matches("tier", "NotIn", "back"));
        Assert.True(Matches("zone", "NotIn", "a"));
        Assert.True(Matches("tier", "Exists"));
        Assert.False(Matches("tier", "DoesNotExist"));
        Assert.True(Matches("zone", "DoesNotExist"));
        Assert.False(Matches("tier", "Near"));
    }

    [Fact]
    public void Operators_and_values_have_to_fit()
    {
        LabelSelector selector = LabelSelector.Empty with
        {
            MatchExpressions =
                [Requirement("a", "In"), Requirement("b", "Exists", "x"), Requirement("c d", "Near", "y z")],
        };
        FieldErrors errors = new();
        LabelSelectorRules.Validate(selector, FieldPath.Of("selector"), errors);

        Assert.Equal(
        [
            "selector.matchExpressions[0].values: Required",
            "selector.matchExpressions[1].values: Forbidden",
            "selector.matchExpressions[2].operator: Invalid",
            "selector.matchExpressions[2].key: Invalid",
            "selector.matchExpressions[2].values[0]: Invalid",
        ],
        errors.All.Select(one => one.Field + ": " + one.Body.Split(' ', ':')[0]));
    }

    private static bool Matches(string key, string op, params string[] values) =>
        LabelSelectorRules.Matches(
            LabelSelector.Empty with { MatchExpressions = [Requirement(key, op, values)] }, Labels);

    private static LabelSelectorRequirement Requirement(string key, string op, params string[] values) =>
        LabelSelectorRequirement.Empty with { Key = key, Operator = op, Values = new(values) };
}
