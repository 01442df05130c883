using System.Text;
using Keelson.Machinery.Patches;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Tests.Apply;
using Keelson.Machinery.Trees;

namespace Keelson.Machinery.Tests.Patches;

/// <summary>What a real API server makes of patches, and what it says to those that don't apply.</summary>
public sealed class PatchTests
{
    [Theory]
    [InlineData("""{"a":1,"b":{"c":2}}""", """{"a":null,"b":{"d":3}}""", """{"b":{"c":2,"d":3}}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[3]}""", """{"a":[3]}""")]
    [InlineData("""{"a":"x"}""", """{"a":{"b":null,"c":1}}""", """{"a":{"c":1}}""")]
    [InlineData("""{}""", """{"a":{"b":{"c":null}},"l":[null,{"n":null}]}""", """{"a":{"b":{}},"l":[null,{}]}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":null}""", """{}""")]
    [InlineData("""{"a":{"b":1}}""", """{}""", """{"a":{"b":1}}""")]
    [InlineData("""{"a":1}""", """["x"]""", """["x"]""")]
    public void Merge_patches_merge_objects_and_replace_the_rest(string document, string patch, string expected) =>
        Assert.Equal(expected, Text(MergePatch.Apply(Json(document), Json(patch))));

    [Fact]
    public void A_null_merge_patch_is_refused()
    {
        PatchException refused = Assert.Throws<PatchException>(() => MergePatch.Apply(Json("{}"), Json("null")));
        Assert.Equal((PatchFailure.BadRequest, "Invalid JSON Patch"), (refused.Failure, refused.Message));
    }

    [Theory]
    [InlineData("""[{"op":"add","path":"/n","value":"1"},{"op":"replace","path":"/k","value":"2"},{"op":"remove","path":"/l"}]""", """{"k":"2","x":[1,2],"n":"1"}""")]
    [InlineData("""[{"op":"copy","from":"/k","path":"/c"},{"op":"move","from":"/l","path":"/m"}]""", """{"k":"1","x":[1,2],"c":"1","m":{"a/b":"s","t~d":1}}""")]
    [InlineData("""[{"op":"test","path":"/l/a~1b","value":"s"},{"op":"replace","path":"/l/t~0d","value":2}]""", """{"k":"1","l":{"a/b":"s","t~d":2},"x":[1,2]}""")]
    [InlineData("""[{"op":"add","path":"/x/1","value":9},{"op":"add","path":"/x/-","value":3},{"op":"remove","path":"/x/-1"}]""", """{"k":"1","l":{"a/b":"s","t~d":1},"x":[1,9,2]}""")]
    [InlineData("""[{"op":"replace","path":"/fresh","value":1},{"op":"add","path":"/k"}]""", """{"k":null,"l":{"a/b":"s","t~d":1},"x":[1,2],"fresh":1}""")]
    [InlineData("""[{"op":"replace","path":"","value":{"new":true}}]""", """{"new":true}""")]
    [InlineData("""[{"op":"test","path":"/none"}]""", """{"k":"1","l":{"a/b":"s","t~d":1},"x":[1,2]}""")]
    [InlineData("""[]""", """{"k":"1","l":{"a/b":"s","t~d":1},"x":[1,2]}""")]
    public void Json_patches_run_operation_by_operation(string patch, string expected) =>
        Assert.Equal(expected, Text(JsonPatch.Apply(Json("""{"k":"1","l":{"a/b":"s","t~d":1},"x":[1,2]}"""), Json(patch))));

    [Theory]
    [InlineData("""[{"path":"/k","value":"x"}]""", "Unexpected kind: unknown")]
    [InlineData("""[{"op":"add","path":"","value":{}}]""", "add operation does not apply: doc is missing path: \"\": missing value")]
    [InlineData("""[{"op":"add","path":"/a/b","value":1}]""", "add operation does not apply: doc is missing path: \"/a/b\": missing value")]
    [InlineData("""[{"op":"remove","path":"/no"}]""", "error in remove for path: '/no': Unable to remove nonexistent key: no: missing value")]
    [InlineData("""[{"op":"add","path":"/x/5","value":1}]""", "error in add for path: '/x/5': Unable to access invalid index: 5: invalid index referenced")]
    [InlineData("""[{"op":"add","path":"/x/y","value":1}]""", "error in add for path: '/x/y': value was not a proper array index: 'y': strconv.Atoi: parsing \"y\": invalid syntax")]
    [InlineData("""[{"op":"replace","path":"/x/9","value":1}]""", "replace operation does not apply: doc is missing key: /x/9: missing value")]
    [InlineData("""[{"op":"test","path":"/k","value":"2"}]""", "testing value /k failed: test failed")]
    [InlineData("""[{"op":"test","path":"/x","value":[1.0]}]""", "testing value /x failed: test failed")]
    [InlineData("""[{"op":"move","path":"/a"}]""", "move operation failed to decode from: operation, missing from field: missing value")]
    public void A_json_patch_that_does_not_apply_says_why(string patch, string message)
    {
        PatchException refused = Assert.Throws<PatchException>(() => JsonPatch.Apply(Json("""{"k":"1","x":[1]}"""), Json(patch)));
        Assert.Equal((PatchFailure.Unprocessable, message), (refused.Failure, refused.Message));
    }

    [Theory]
    [InlineData("""{"op":"add"}""", "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp")]
    [InlineData("""[["x"]]""", "error decoding patch: json: cannot unmarshal array into Go value of type handlers.jsonPatchOp")]
    [InlineData("""[{"op":1}]""", "error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string")]
    public void A_malformed_json_patch_is_a_bad_request(string patch, string message)
    {
        PatchException refused = Assert.Throws<PatchException>(() => JsonPatch.Apply(Json("{}"), Json(patch)));
        Assert.Equal((PatchFailure.BadRequest, message), (refused.Failure, refused.Message));
    }

    [Fact]
    public void Json_patches_are_limited()
    {
        string many = "[" + string.Join(',', Enumerable.Repeat("""{"op":"test","path":"/a"}""", 10_001)) + "]";
        PatchException refused = Assert.Throws<PatchException>(() => JsonPatch.Apply(Json("{}"), Json(many)));
        Assert.Equal(
            (PatchFailure.TooLarge, "The allowed maximum operations in a JSON patch is 10000, got 10001"), (refused.Failure, refused.Message));

        string doubling = "[" + string.Join(',', Enumerable.Range(0, 60).Select(_ => """{"op":"copy","from":"/a","path":"/a/-"}""")) + "]";
        refused = Assert.Throws<PatchException>(() => JsonPatch.Apply(Json("""{"a":["0123456789"]}"""), Json(doubling)));
        Assert.StartsWith(
            "Unable to complete the copy, the accumulated size", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    // Elements merge by key; new ones come in the patch's order, before those only the server has.
    [InlineData("""{"spec":{"containers":[{"name":"b","image":"2"},{"name":"c","image":"3"}]}}""", "a:1 b:2 c:3")]
    [InlineData("""{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}""", "b:1")]
    [InlineData("""{"spec":{"containers":[{"$patch":"replace"},{"name":"z","image":"9"}]}}""", "z:9")]
    [InlineData("""{"spec":{"containers":[{"name":"a","$patch":"replace","image":"7"}]}}""", "")]
    [InlineData("""{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"b","image":"9"}]}}""", "b:9 a:1")]
    [InlineData("""{"spec":{"$setElementOrder/containers":[{"name":"c"},{"name":"b"},{"name":"a"}],"containers":[{"name":"c","image":"c"}]}}""", "c:c b:1 a:1")]
    [InlineData("""{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}""", "b:1 a:1")]
    [InlineData("""{"spec":{"containers":null}}""", "")]
    public void Strategic_merge_patches_merge_lists_by_key(string patch, string expected)
    {
        Tree pod = Json("""{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]}}""");
        ObjectTree spec = (ObjectTree)Strategic(TestSchemas.Pod, pod, patch)["spec"]!;
        Assert.Equal(expected, string.Join(' ', (spec["containers"] as ListTree)?.Items.Cast<ObjectTree>()
            .Select(item => item.TextAt("name") + ":" + item.TextAt("image")) ?? []));
    }

    [Theory]
    [InlineData("""{"metadata":{"finalizers":["c"]}}""", """["c","a","b"]""")]
    [InlineData("""{"metadata":{"$deleteFromPrimitiveList/finalizers":["a","none"]}}""", """["b"]""")]
    [InlineData("""{"metadata":{"$setElementOrder/finalizers":["b","d","a"],"finalizers":["d"]}}""", """["b","d","a"]""")]
    [InlineData("""{"metadata":{"$deleteFromPrimitiveList/finalizers":["a","b"]}}""", """[]""")]
    public void Strategic_merge_patches_merge_scalars_as_sets(string patch, string expected)
    {
        ObjectTree patched = Strategic(TestSchemas.ConfigMap, Json("""{"metadata":{"finalizers":["a","b"]}}"""), patch);
        Assert.Equal(expected, Text(((ObjectTree)patched["metadata"]!)["finalizers"]!));
    }

    [Theory]
    [InlineData("""{"spec":{"volumes":[{"name":"v","$retainKeys":["name","emptyDir"],"emptyDir":{}}]}}""", """{"volumes":[{"name":"v","emptyDir":{}}],"nodeSelector":{"a":"b"}}""")]
    [InlineData("""{"spec":{"volumes":[{"name":"v","hostPath":{"type":"t"}}]}}""", """{"volumes":[{"name":"v","hostPath":{"path":"/p","type":"t"}}],"nodeSelector":{"a":"b"}}""")]
    [InlineData("""{"spec":{"nodeSelector":{"$patch":"replace","c":"d"}}}""", """{"volumes":[{"name":"v","hostPath":{"path":"/p"}}],"nodeSelector":{"c":"d"}}""")]
    [InlineData("""{"spec":{"nodeSelector":{"$patch":"delete"}}}""", """{"volumes":[{"name":"v","hostPath":{"path":"/p"}}],"nodeSelector":{}}""")]
    [InlineData("""{"spec":{"nodeSelector":{"a":null,"z":"y"},"schedulerName":"s","securityContext":{"runAsUser":null}}}""",
        """{"volumes":[{"name":"v","hostPath":{"path":"/p"}}],"nodeSelector":{"z":"y"},"schedulerName":"s","securityContext":{}}""")]
    public void Strategic_merge_patches_follow_directives_in_objects(string patch, string expected)
    {
        Tree pod = Json("""{"spec":{"volumes":[{"name":"v","hostPath":{"path":"/p"}}],"nodeSelector":{"a":"b"}}}""");
        Assert.Equal(expected, Text(Strategic(TestSchemas.Pod, pod, patch)["spec"]!));
    }

    [Theory]
    [InlineData("""{"spec":{"containers":[{"image":"nokey"}]}}""", PatchFailure.Internal, "map: map[image:nokey] does not contain declared merge key: name")]
    [InlineData("""{"spec":{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"name":"b","image":"zz"}]}}""", PatchFailure.Internal,
        "The order in patch list:\n[map[image:zz name:b]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n")]
    [InlineData("""{"spec":{"containers":[{"name":"a","$retainKeys":["name"],"image":"s"}]}}""", PatchFailure.BadRequest, "invalid patch format of retainKeys")]
    [InlineData("""{"spec":{"$patch":"merge"}}""", PatchFailure.Internal, "unknown patch type: merge in map: map[$patch:merge]")]
    [InlineData("""{"spec":{"containers":[{"$patch":"merge"}]}}""", PatchFailure.Internal, "merging lists cannot yet be specified in the patch")]
    [InlineData("""{"spec":{"$setElementOrder":[]}}""", PatchFailure.BadRequest, "invalid patch format of setElementOrder list")]
    [InlineData("""{"spec":{"$setElementOrder/containers":"x"}}""", PatchFailure.Internal, "expected a []interface {}, but received a string")]
    [InlineData("""{"spec":{"containers":[[1]]}}""", PatchFailure.Unprocessable, "lists of lists are not supported")]
    [InlineData("""{"spec":{"containers":[1]}}""", PatchFailure.Internal, "list element types are not identical: [[map[image:1 name:a]] [1]]")]
    public void A_strategic_merge_patch_that_does_not_apply_says_why(string patch, PatchFailure failure, string message)
    {
        Tree pod = Json("""{"spec":{"containers":[{"name":"a","image":"1"}]}}""");
        PatchException refused = Assert.Throws<PatchException>(() => Strategic(TestSchemas.Pod, pod, patch));
        Assert.Equal((failure, message), (refused.Failure, refused.Message));
    }

    [Fact]
    public void Patches_leave_their_inputs_alone()
    {
        Tree document = Json("""{"metadata":{"finalizers":["a"]},"spec":{"containers":[{"name":"a","image":"1"}]}}""");
        Tree copy = document.DeepClone();
        Strategic(TestSchemas.Pod, document, """{"metadata":{"finalizers":["b"]},"spec":{"containers":[{"name":"a","image":"2"}]}}""");
        MergePatch.Apply(document, Json("""{"spec":{"containers":null}}"""));
        JsonPatch.Apply(document, Json("""[{"op":"remove","path":"/spec"}]"""));
        Assert.True(document.DeepEquals(copy));
    }

    private static ObjectTree Strategic(TypeSchema schema, Tree document, string patch) =>
        StrategicMergePatch.Apply(schema, (ObjectTree)document, (ObjectTree)Json(patch));

    private static Tree Json(string json) => TreeReader.Read(Encoding.UTF8.GetBytes(json));

    private static string Text(Tree tree) => Encoding.UTF8.GetString(tree.ToJson());
}
