using Keelson.Api.ApiExtensions.V1;
using Keelson.Api.Tests.Kinds;

namespace Keelson.Api.Tests.ApiExtensions.V1;

public sealed class CustomResourceDefinitionTests
{
    private const string Object = """{"type":"object"}""";

    [Fact]
    public void Names_follow_from_the_plural_and_the_kind()
    {
        CustomResourceDefinition obj = KindProbe.Create<CustomResourceDefinition>(Body(Object));
        Assert.Equal("widget", obj.Spec.Names.Singular);
        Assert.Equal("WidgetList", obj.Spec.Names.ListKind);
        Assert.Equal("None", obj.Spec.Conversion?.Strategy.ToString());
        Assert.Equal("v1", Assert.Single(obj.Status.StoredVersions));
        Assert.Empty(KindProbe.CreateErrors<CustomResourceDefinition>(Body(Object)));
    }

    [Fact]
    public void Every_field_has_a_type() => Assert.Equal(
        ["spec.validation.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields"],
        KindProbe.CreateErrors<CustomResourceDefinition>(Body("""{"type":"object","properties":{"a":{}}}""")));

    [Fact]
    public void References_are_all_that_is_wrong_with_a_schema_of_references() => Assert.Equal(
        ["spec.validation.openAPIV3Schema.properties[a].$ref: Forbidden: $ref is not supported"],
        KindProbe.CreateErrors<CustomResourceDefinition>(
            Body("""{"type":"object","properties":{"a":{"$ref":"#/definitions/x"}}}""")));

    [Fact]
    public void One_version_is_stored()
    {
        string json = Body(Object).Replace("\"storage\":true", "\"storage\":false", StringComparison.Ordinal);
        Assert.Equal(
            ["spec.versions: Invalid value: ", "status.storedVersions: Invalid value: "],
            KindProbe.CreateErrors<CustomResourceDefinition>(json).Select(static one => one[..(one.IndexOf("value: ", StringComparison.Ordinal) + 7)]));
    }

    [Fact]
    public void The_name_is_the_plural_and_the_group() => Assert.Equal(
        ["metadata.name: Invalid value: \"x.example.com\": must be spec.names.plural+\".\"+spec.group"],
        KindProbe.CreateErrors<CustomResourceDefinition>(
            Body(Object).Replace("\"widgets.example.com\"", "\"x.example.com\"", StringComparison.Ordinal)));

    [Fact]
    public void Unknown_formats_are_worth_a_warning() => Assert.Equal(
        ["unrecognized format \"spelled\""],
        CustomResourceDefinition.Warnings(
            KindProbe.Create<CustomResourceDefinition>(
                Body("""{"type":"object","properties":{"a":{"type":"string","format":"spelled"},"b":{"type":"string","format":"date-time"}}}""")),
            null));

    private static string Body(string schema) =>
        $$$"""
        {"metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced",
          "names":{"plural":"widgets","kind":"Widget"},
          "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{{{schema}}}
        }}]}}
        """;
}
