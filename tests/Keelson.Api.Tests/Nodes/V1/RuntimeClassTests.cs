using Keelson.Api.Node.V1;
using Keelson.Api.Tests.Kinds;

namespace Keelson.Api.Tests.Nodes.V1;

public sealed class RuntimeClassTests
{
    [Fact]
    public void Tolerations_may_not_say_the_same_twice()
    {
        string error = Assert.Single(KindProbe.CreateErrors<RuntimeClass>("""
            {"handler":"h","scheduling":{"tolerations":[
              {"key":"a","operator":"Exists","effect":"NoExecute"},{"key":"b","operator":"Exists"},
              {"key":"a","operator":"Exists","effect":"NoExecute","tolerationSeconds":3}]}}
            """));
        Assert.StartsWith("scheduling.tolerations[2]: Duplicate value: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("beta.kubernetes.io/os", "deprecated since v1.14; use \"kubernetes.io/os\" instead")]
    [InlineData(
        "node-role.kubernetes.io/master", "use \"node-role.kubernetes.io/control-plane\" instead")]
    public void Labels_of_old_are_warned_of(string label, string advice)
    {
        RuntimeClass made = KindProbe.Create<RuntimeClass>(
            "{\"handler\":\"h\",\"scheduling\":{\"nodeSelector\":{\"" + label + "\":\"x\"}}}");

        Assert.Equal(["scheduling.nodeSelector: " + advice], RuntimeClass.Warnings(made, null));
    }
}
