using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Tests.Kinds;
using Xunit;

namespace Keelson.Api.Tests.Core.V1;

public sealed class EventTests
{
    [Fact]
    public void An_event_lives_with_what_it_is_about()
    {
        Assert.Equal(
            ["involvedObject.namespace: Invalid value: \"other\": does not match event.namespace"],
            KindWrites.CreateErrors<Event>("""{"metadata":{"name":"e","namespace":"n"},"involvedObject":{"namespace":"other"}}"""));
        Assert.Empty(KindWrites.CreateErrors<Event>("""{"metadata":{"name":"e","namespace":"default"},"involvedObject":{}}"""));
    }

    [Fact]
    public void Tables_show_when_and_how_often()
    {
        Event happened = KindWrites.Read<Event>("""
            {"metadata":{"name":"e"},"involvedObject":{"kind":"Pod","name":"p"},"eventTime":"2026-03-01T12:00:00.000000Z",
             "series":{"count":7,"lastObservedTime":"2026-03-01T12:04:00.000000Z"},"reason":"R","type":"Normal","message":" m ","reportingComponent":"c","reportingInstance":"i"}
            """);

        Assert.Equal(["60s", "Normal", "R", "pod/p", "", "c, i", "m", "5m", 7L, "e"], KindWrites.Row(happened));
    }

    [Fact]
    public void Kinds_have_their_own_words_for_fields_that_nobody_can_select_by()
    {
        Assert.Equal("field label not supported: x", ApiKinds.CoreV1Event.FieldError("x"));
        Assert.Equal("field label \"x\" not supported for batchv1.Job", ApiKinds.BatchV1Job.FieldError("x"));
        Assert.Equal(
            "\"x\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"",
            ApiKinds.CoreV1ConfigMap.FieldError("x"));
    }
}
