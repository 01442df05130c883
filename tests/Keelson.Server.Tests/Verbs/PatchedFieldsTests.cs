using System.Text;
using Keelson.Api.Kinds;
using Keelson.Machinery.Trees;
using Keelson.Server.Verbs;

namespace Keelson.Server.Tests.Verbs;

/// <summary>Which of an object's own fields a patch is about.</summary>
public sealed class PatchedFieldsTests
{
    private static readonly ApiKind Pod = ApiKinds.CoreV1Pod;

    [Theory]
    [InlineData("""{"metadata":{"labels":{"a":"b"}}}""", "metadata")]
    [InlineData("""{"status":{},"spec":null}""", "spec,status")]
    [InlineData(
        """[{"op":"add","path":"/metadata/labels/a"},{"op":"move","from":"/spec/a","path":"/metadata/b"}]""",
        "metadata,spec")]
    public void Fields_are_named_by_keys_and_by_first_steps(string patch, string fields) =>
        Assert.Equal(fields.Split(',').Aggregate(0UL, (all, name) => all | Pod.FieldBit(name)), Of(patch));

    [Theory]
    [InlineData("""{"kind":"Pod","metadata":{}}""")]
    [InlineData("""{"$patch":"replace","metadata":{}}""")]
    [InlineData("""{"$setElementOrder/spec":[],"spec":{}}""")]
    [InlineData("""{}""")]
    [InlineData("""[{"op":"remove","path":"/spec"}]""")]
    [InlineData("""[{"op":"replace","path":"","value":{}}]""")]
    [InlineData("""[{"op":"copy","from":"/nothing/a","path":"/spec/a"}]""")]
    [InlineData("""[{"op":"add"}]""")]
    [InlineData("""[1]""")]
    public void A_patch_that_says_more_than_names_is_about_the_whole_object(string patch) =>
        Assert.Equal(0UL, Of(patch));

    [Fact]
    public void Kinds_that_keep_json_as_it_came_are_patched_as_a_whole()
    {
        Tree patch = TreeReader.Read("""{"metadata":{"labels":{"a":"b"}}}"""u8);
        ApiKind[] whole = [.. ApiKinds.All.Where(kind => PatchedFields.Of(kind, patch) == 0)];
        Assert.Contains(ApiKinds.AppsV1ControllerRevision, whole);
        Assert.Contains(ApiKinds.ResourceV1ResourceClaim, whole);
        Assert.DoesNotContain(Pod, whole);
        Assert.DoesNotContain(ApiKinds.AppsV1Deployment, whole);
    }

    private static ulong Of(string patch) => PatchedFields.Of(Pod, TreeReader.Read(Encoding.UTF8.GetBytes(patch)));
}
