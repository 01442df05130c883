using System.Text;
using System.Text.Json;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
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

    /// <summary>Blocks of 64 bytes end everywhere: within texts, behind quotes and amid runs of backslashes.</summary>
    [Theory]
    [InlineData("{\"a\":{\"b\":[1,{\"c\":\"}]\"}]},\"d\":[]}")]
    [InlineData("[\"\\\\\",\"\\\"]\",\"\\\\\\\"}\",[[\"\\\\\\\\\"]]]")]
    public void The_end_of_what_is_nested_is_found_wherever_blocks_end(string nested)
    {
        for (int blanks = 0; blanks < 140; blanks++)
        {
            byte[] json = Encoding.UTF8.GetBytes($"{nested[0]}{new string(' ', blanks)}{nested[1..]}");
            using JsonDocument valid = JsonDocument.Parse(json);
            byte[] more = [(byte)'"', .. json, .. "}]\"{["u8, .. new byte[blanks]];
            Assert.Equal(json.Length + 1, JsonSkip.Behind(more, 1));
            Assert.Equal(json.Length, JsonSkip.Behind(json, 0));
        }
    }

    [Fact]
    public void A_quote_ends_a_text_behind_an_even_number_of_backslashes_only()
    {
        for (int backslashes = 0; backslashes < 200; backslashes++)
        {
            string text = new string('\\', backslashes) + (backslashes % 2 == 0 ? "" : "\"]");
            byte[] json = Encoding.UTF8.GetBytes($"[\"{text}\",[\"]\"]]");
            using JsonDocument valid = JsonDocument.Parse(json);
            Assert.Equal(json.Length, JsonSkip.Behind([.. json, .. "]]"u8], 0));
        }
    }

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""
        [{"manager":"m","operation":"Update","apiVersion":"v1","time":"2026-01-02T03:04:05Z","fieldsType":"FieldsV1",
         "fieldsV1":{"f:a":{"k:{\"name\":\"c}\"}":{}}},"subresource":"status"}]
        """)]
    [InlineData("""[ { "operation" : "Apply" , "manager":"\u00e9\"" } , {"manager":"é","time":null,"other":[1]} ]""")]
    [InlineData("""[{"fieldsV1":null},{},{"fieldsV1":{"a": 1}}]""")]
    public void Managed_fields_are_read_as_the_decoder_reads_them(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        JsonDecoder decoder = new(bytes);
        ApiList<ManagedFieldsEntry> expected = decoder.ReadList<ManagedFieldsEntry>("v1.ManagedFieldsEntry");
        ApiList<ManagedFieldsEntry> read = StoredManagedFields.Read(bytes);
        Assert.Equal(expected, read);
        Assert.Equal(expected.IsAbsent, read.IsAbsent);
    }
}
