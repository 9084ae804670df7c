def tell(story):
    client = story.client
    if not hasattr(client, "create_webhook"):
        return
    # Nothing in the story raises these events: no message leaves the server.
    events = ["budget_policy.exceeded"] if story.since(3, 12) else ["registered_model.created"]
    url = "https://1.1.1.1/hook"
    made = client.create_webhook(
        story.name("hook"), url, events, description="words", secret="s3cret", status="DISABLED"
    )
    with story.refused():
        client.create_webhook(story.name("inside"), "https://127.0.0.1/", events)
    client.get_webhook(made.webhook_id)
    client.update_webhook(made.webhook_id, name=story.name("renamed"), description="other")
    client.list_webhooks(max_results=100)
    client.delete_webhook(made.webhook_id)
    with story.refused():
        client.get_webhook(made.webhook_id)
