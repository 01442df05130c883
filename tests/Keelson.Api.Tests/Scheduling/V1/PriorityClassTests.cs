using Keelson.Api.Scheduling.V1;

namespace Keelson.Api.Tests.Scheduling.V1;

public sealed class PriorityClassTests
{
    [Theory]
    [InlineData("{ 'metadata': { 'name': 'system-node-critical' }, 'value': 2000001000 }")]
    [InlineData("{ 'metadata': { 'name': 'system-node-critical' }, 'value': 1 }",
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: value of system-node-critical PriorityClass must be 2000001000")]
    [InlineData("{ 'metadata': { 'name': 'system-mine' }, 'value': 1 }",
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class")]
    [InlineData("{ 'metadata': { 'name': 'mine' }, 'value': 1000000001 }", "value: Forbidden: maximum allowed value of a user defined priority is 1000000000")]
    public void The_systems_names_and_values_are_its_own(string json, params string[] expected) =>
        Assert.Equal(expected, KindCase.CreateErrors<PriorityClass>(json));

    [Fact]
    public void The_value_stays_what_it_was()
    {
        PriorityClass old = KindCase.Create<PriorityClass>("{ 'metadata': { 'name': 'mine' }, 'value': 5 }");
        Assert.Equal(
            ["value: Forbidden: may not be changed in an update."], KindCase.UpdateErrors(old with { Value = 6 }, old));
    }
}
