using Keelson.Api.Events.V1;
using Keelson.Api.Tests.Kinds;
using Xunit;

namespace Keelson.Api.Tests.Events.V1;

public sealed class EventTests
{
    private const string Full = """
        {"kind":"Event","apiVersion":"events.k8s.io/v1","metadata":{"name":"e","namespace":"n"},"eventTime":"2026-03-01T12:00:00.000001Z","series":{"count":2,"lastObservedTime":"2026-03-01T12:00:01.000000Z"},"reportingController":"example.com/c","reportingInstance":"i","action":"Act","reason":"R","regarding":{"kind":"Pod","namespace":"n","name":"p"},"related":{"kind":"Node","name":"m"},"note":"text","type":"Normal","deprecatedSource":{"component":"old"},"deprecatedFirstTimestamp":"2026-03-01T12:00:00Z","deprecatedLastTimestamp":"2026-03-01T12:00:02Z","deprecatedCount":3}
        """;

    [Fact]
    public void Nothing_is_lost_on_the_way_to_the_stored_version_and_back()
    {
        Event original = KindWrites.Read<Event>(Full);

        Assert.Equal(Full, KindWrites.Json(Event.FromStored(Event.ToStored(original))));
    }

    [Fact]
    public void Fields_of_the_old_style_have_to_be_unset()
    {
        Assert.Equal(
        [
            "firstTimestamp: Invalid value: \"\": needs to be unset",
            "lastTimestamp: Invalid value: \"\": needs to be unset",
            "count: Invalid value: \"\": needs to be unset",
            "source: Invalid value: \"\": needs to be unset",
        ],
        KindWrites.CreateErrors<Event>(Full));
    }

    [Fact]
    public void Only_the_series_of_an_event_goes_on()
    {
        Event old = KindWrites.Read<Event>(Full);

        Assert.Equal(
            ["series.count: Invalid value: \"\": should be at least 2", "message: Invalid value: \"other\": field is immutable"],
            KindWrites.UpdateErrors(old, Full.Replace("\"count\":2", "\"count\":1").Replace("\"text\"", "\"other\"")));
    }
}
