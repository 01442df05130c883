using System.Text;
using System.Text.Json;
using Keelson.Server.Storage;

namespace Keelson.Server.Tests.Storage;

/// <summary>Finding the parts of a stored object without decoding it.</summary>
public sealed class StoredJsonTests
{
    private const string Entry = """[{"manager":"a\"}]\\","fieldsV1":{"f:spec":{".":{},"f:x":{}},"f:[":{}}}]""";

    [Theory]
    [InlineData("""{"kind":"Pod","metadata":{"name":"p","managedFields":#},"spec":{}}""")]
    [InlineData("""{"metadata":{"managedFields":#,"name":"p","uid":"}"}}""")]
    [InlineData("""
        { "spec":{"metadata":{}},
          "metadata" : { "labels":{"a":"{[\\\"" }, "managedFields" : # , "generation":12 } }
        """)]
    public void Metadata_and_managed_fields_are_found_wherever_they_stand(string pattern)
    {
        byte[] json = Encoding.UTF8.GetBytes(pattern.Replace("#", Entry, StringComparison.Ordinal));
        MetadataPlace place = StoredJson.FindMetadata(json);
        using JsonDocument whole = JsonDocument.Parse(json);
        JsonElement metadata = whole.RootElement.GetProperty("metadata");
        Assert.Equal(metadata.GetRawText(), Encoding.UTF8.GetString(json[place.Start..place.End]));
        Assert.Equal(Entry, Encoding.UTF8.GetString(json[place.ManagedValue..place.ManagedEnd]));
        Assert.StartsWith(
            "\"managedFields\"", Encoding.UTF8.GetString(json[place.Managed..place.End]), StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_without_managed_fields_has_no_place_for_them()
    {
        byte[] json = """{"metadata":{"name":"p","generation":3,"labels":{}}}"""u8.ToArray();
        MetadataPlace place = StoredJson.FindMetadata(json);
        Assert.Equal(-1, place.Managed);
        Assert.Equal(json.Length - 1, place.End);
    }

    [Fact]
    public void What_is_cut_off_is_refused_wherever_it_ends()
    {
        byte[] json = Encoding.UTF8.GetBytes(
            $$$"""{"metadata":{"name":"p","managedFields":{{{Entry}}},"generation":3}""");
        for (int length = 1; length < json.Length; length++)
        {
            Exception refused = Assert.ThrowsAny<Exception>(
                () => StoredJson.FindMetadata(json.AsSpan(0, length)));
            Assert.True(refused is JsonException or InvalidDataException, $"{length} bytes: {refused}");
        }
    }
}
