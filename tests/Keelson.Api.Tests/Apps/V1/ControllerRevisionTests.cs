using Keelson.Api.Apps.V1;

namespace Keelson.Api.Tests.Apps.V1;

public sealed class ControllerRevisionTests
{
    [Theory]
    [InlineData("{ 'revision': -1 }", "revision: Invalid value: -1: must be greater than or equal to 0", "data: Required value: data is mandatory")]
    [InlineData("{ 'data': [1] }", "data: Required value: data must be a valid JSON object")]
    public void Data_is_an_object(string json, params string[] expected) =>
        Assert.Equal(expected, KindCase.CreateErrors<ControllerRevision>(json));

    [Fact]
    public void Data_that_only_gained_blanks_counts_as_changed()
    {
        ControllerRevision old = KindCase.Create<ControllerRevision>("{ 'data': {'a':1} }");
        ControllerRevision renumbered = KindCase.Create<ControllerRevision>("{ 'data': {'a':1}, 'revision': 2 }");
        ControllerRevision spaced = KindCase.Create<ControllerRevision>("{ 'data': {'a': 1} }");
        Assert.Empty(KindCase.UpdateErrors(renumbered, old));
        Assert.Equal(["data: Invalid value: {\"a\":1}: field is immutable"], KindCase.UpdateErrors(spaced, old));
    }
}
