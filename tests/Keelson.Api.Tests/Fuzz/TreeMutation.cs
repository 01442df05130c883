using System.Text.Json.Nodes;

namespace Keelson.Api.Tests.Fuzz;

/// <summary>
/// Makes new objects out of good ones: fields taken away, doubled, and set to values at the edges. Unlike flipped bytes
/// these are mostly still objects that decode, and so reach defaults, validation and columns.
/// </summary>
internal sealed class TreeMutation(int seed)
{
    private static readonly string[] Values =
    [
        "null", "\"\"", "\"x\"", "0", "-1", "1", "2147483647", "-2147483648", "65536", "[]", "{}", "[null]", "[\"\"]", "[{}]", "{\"\":\"\"}",
        "true", "false", "\"100%\"", "\"-5%\"", "\"1.2.3.4\"", "\"::1\"", "\"10.0.0.0/8\"", "\"a/b\"", "\"/\"", "\"A.B_C\"", "\"1Gi\"", "\"-1\"",
        "\"1e400\"", "\"2020-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59Z\"", "\"*\"", "\"a=b\"", "\"* * * * *\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"",
        "\"$(A)\"", "\"../x\"", "\"kubernetes.io/x\"", "\"x-\"", "\"AAAA\"",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A changed copy.</summary>
    public JsonNode Of(JsonNode good)
    {
        JsonNode copy = good.DeepClone();
        for (int i = _random.Next(1, 5); i > 0; i--)
        {
            List<(JsonNode Parent, string? Name, int Index)> places = [];
            Collect(copy, places);
            if (places.Count == 0)
            {
                break;
            }

            Change(places[_random.Next(places.Count)]);
        }

        return copy;
    }

    private void Change((JsonNode Parent, string? Name, int Index) place)
    {
        JsonNode? value = JsonNode.Parse(Values[_random.Next(Values.Length)]);
        int how = _random.Next(6);
        if (place.Parent is JsonObject map)
        {
            if (how == 0)
            {
                map.Remove(place.Name!);
            }
            else
            {
                map[place.Name!] = value;
            }

            return;
        }

        JsonArray list = (JsonArray)place.Parent;
        switch (how)
        {
            case 0:
                list.RemoveAt(place.Index);
                break;
            case 1:
                list.Add(list[place.Index]?.DeepClone());
                break;
            default:
                list[place.Index] = value;
                break;
        }
    }

    private static void Collect(JsonNode? node, List<(JsonNode Parent, string? Name, int Index)> places)
    {
        switch (node)
        {
            case JsonObject map:
                foreach ((string name, JsonNode? value) in map)
                {
                    places.Add((map, name, 0));
                    Collect(value, places);
                }

                break;
            case JsonArray list:
                for (int i = 0; i < list.Count; i++)
                {
                    places.Add((list, null, i));
                    Collect(list[i], places);
                }

                break;
        }
    }
}
